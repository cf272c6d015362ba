"""The words of a visit: its way, purpose, the visitor's level, its state; codes in data, Chinese on pages."""

from __future__ import annotations

WAYS = {"on_site": "上门", "phone": "电话", "online": "线上"}
PURPOSES = {"policy": "送政策", "service": "送服务", "problem": "解难题", "know": "了解情况"}
LEVELS = {
    "county": "县级领导",
    "street": "街道领导",
    "department": "职能部门",
    "manager": "服务管家",
    "other": "其他人员",
}
STATES = {
    "planned": "待走访",
    "done": "已走访",
    "declined": "企业谢绝",
    "unreachable": "未联系上",
    "cancelled": "已取消",
}
OUTCOMES = ("done", "declined", "unreachable")
PLAN_STATES = {"draft": "待采用", "adopted": "已采用", "dropped": "已放弃"}
