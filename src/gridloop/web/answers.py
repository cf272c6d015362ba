"""Pages for when it does not go on: what is wrong, and what to do next. One template for all of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gridloop.core.errors import GridloopError
from gridloop.web.sentences import spoken

HEADLINES = {
    403: "这一步不由您来做",
    404: "没有找到",
    409: "现在不能这样做",
    422: "填写的内容要改一改",
    429: "超出了限度",
}


def refusal(request: HttpRequest, error: GridloopError) -> HttpResponse:
    """The error's sentence as a page, with its status."""
    return answer(
        request,
        status=error.status,
        headline=HEADLINES.get(error.status, "出错了"),
        sentence=error.sentence,
        code=error.code,
    )


def answer(request: HttpRequest, *, status: int, headline: str, sentence: str, code: str = "") -> HttpResponse:
    page = {"status": status, "headline": spoken(headline), "sentence": spoken(sentence), "code": code}
    return render(request, "answers/answer.html", page, status=status)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, status=404, headline="没有找到", sentence="没有这个网页;请检查网址,或从首页重新进入。")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, status=403, headline="不能进入", sentence="您不能进入这个网页;请用自己的账号登录后再试。")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, status=400, headline="请求有误", sentence="浏览器发来的内容不完整;请返回上一页重新提交。")


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs no database and no context: whatever broke may have been those."""
    return HttpResponse(SERVER_ERROR, status=500)


SERVER_ERROR = """<!doctype html>
<html lang="zh-Hans"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>系统出错 · 网格闭环</title><link rel="stylesheet" href="/static/gridloop/app.css"></head>
<body class="gl-shell gl-public"><main id="main" class="gl-page"><header class="gl-page-head"><p class="gl-eyebrow">500</p>
<h1>系统出错了</h1><p class="gl-lead">刚才的操作可能没有生效。请稍后刷新重试;仍然不行,请把时间和所做的操作告诉系统管理员。</p>
<div class="gl-actions"><a class="btn btn-primary" href="/">回到首页</a></div></header></main></body></html>"""
