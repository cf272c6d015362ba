"""Which places and bodies does a message name? 丽发新城小区, 中山路, 58车贷, 松雅湖 – without a dictionary of names.

Chinese is written without blanks, so where a name begins is not marked; where it ends often is: 小区, 路, 村, 公司 … (a *tail*). Every
stretch of three to six letters that ends with a tail is taken for a possible name. Two messages that name the same place share such a stretch,
whatever stands before it; a stretch that is no name (旁边的小区) is left out when it begins with a word that no name begins with, and does no harm
when it is rare. Regions as wide as a district are cut off: everybody lives in them.

Guarantees: nothing is drawn from outside the text; a text without a tail names nothing; the answer does not depend on other messages.

Worked example::

    >>> "丽发新城" in names_in("A2区丽发新城旁建搅拌站")
    True
    >>> sorted(names_in("58车贷立案五个月"))
    ['58车贷']
"""

from __future__ import annotations

import re
import unicodedata

SHORTEST, LONGEST = 3, 6
_TAIL = re.compile(
    "小区|花园|新城|家园|公馆|公寓|大厦|广场|苑|城(?!市|管|乡|镇)|湾|府|郡|园(?!林)|庭|居(?!民|住|委|然)|岸|墅|村|镇|乡|社区|街道|路(?!灯)|街|巷|大道|高速|桥|"
    "小学|中学|学校|幼儿园|学院|大学|医院|公司|集团|银行|超市|酒店|市场|庙|寺|湖|河|山|塘|坪|岭|垸|组(?!织)"
)
_MIXED = re.compile(  # 58车贷, k9县; not a number with its unit
    r"(?<![0-9a-z])[0-9a-z]{2,}(?![年月日号点时分秒个人元万米平栋楼单期级户多余路千百岁条次层套台辆家位公吨斤])[㐀-鿿]{2}"
)
_NEVER_FIRST = re.compile(
    "(?:[我们你他她它的了在是有和与及对从到为被把将向请问求于这那该本某个每各全附近旁边内外里前后上下等一二三四五六七八九十几多再"
    "次关反映投诉建议咨询强烈要恳望能否什么时候何不没未无又还都也就很太最市区县省配])"
)
_BROAD = re.compile(  # what many a stretch begins with and no name
    "(?:小区|社区|街道|道|影响|严重|居民|业主|重影|响小|小|有限|限|安置|普惠|惠性|民办|开设|设置|人行|或人|行天)"
)
_STRETCH = re.compile("(?:路|街|道|高速|湖|河|山|镇|乡)$")
_RUN = re.compile(r"[0-9a-z\u3400-\u9fff]+")
_REGION = re.compile(r"[a-z]\d*[市区县省]|西地省")  # also as pseudonyms: A3区


def runs_without_regions(text: str) -> list[str]:
    """The unbroken stretches of letters, width and case folded, regions cut off."""
    return _RUN.findall(_REGION.sub("|", unicodedata.normalize("NFKC", text).casefold()))


def names_in(text: str) -> frozenset[str]:
    """Every stretch of the text that may be the name of a place or a body."""
    return frozenset(name for run in runs_without_regions(text) for name in _names(run))


def is_stretch(name: str) -> bool:
    """Long or wide (a road, a lake, a township): many troubles lie along it, so naming it says less."""
    return _STRETCH.search(name) is not None


def _names(run: str) -> list[str]:
    found = _MIXED.findall(run)
    for tail in _TAIL.finditer(run):
        own = len(tail.group())
        for length in range(max(SHORTEST, own + 2), LONGEST + 1):
            begin = tail.end() - length
            if begin < 0:
                break
            head = run[begin : tail.end() - own]
            if not _NEVER_FIRST.search(head[:2]) and not _BROAD.match(head):
                found.append(run[begin : tail.end()])
    return found
