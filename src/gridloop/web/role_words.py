"""What each role may do, said in one sentence for its holder; the rules themselves are in ``core.access`` and ``core.lifecycle``."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gridloop.core.access import Role

MAY = {
    Role.DUTY_DESK: _("登记事项、签收和派件、交办、核定等级和延期、组织会商、销号;看得到本街道全部事项。"),
    Role.STREET_LEADER: _("看得到本街道全部事项;审批延期、挂起和定级,提级、督办、核实、销号;任命岗位,核对和发布设置。"),
    Role.UNIT_LEADER: _("办理派给本单位的事项,审批本单位的延期、挂起和定级,主持会商。"),
    Role.UNIT_WORKER: _("签收、办理、答复派给本单位的事项;可引用清单退回,可申请延期或挂起。"),
    Role.GRID_LEADER: _("登记事项;看得到本网格的事项,核实未经手的答复。"),
    Role.GRID_WORKER: _("登记事项;看得到本网格的事项,核实未经手的答复。"),
    Role.HEALTH_OFFICER: _("登记事项,跟踪自己首问的事项。"),
    Role.BUILDING_STEWARD: _("登记事项,跟踪自己首问的事项。"),
    Role.SERVICE_MANAGER: _("登记企业和居民的事项,跟踪自己首问的事项,回访反映人。"),
    Role.LEGAL_OFFICER: _("办理派给本单位的事项,参加会商。"),
    Role.POLICE_OFFICER: _("办理派给本单位的事项,参加会商。"),
    Role.ENV_MONITOR: _("看得到责任地点的事项;核实答复、回访、退回重办。"),
    Role.VERIFIER: _("看得到责任地点的事项;核实未经手的答复,回访反映人。"),
    Role.SYSTEM_KEEPER: _("设置单位、网格、类别、路由表、时限和日历;开立账号、发放首次密码。看不到事项内容。"),
    Role.SECURITY_KEEPER: _("任命和免去岗位,锁定和解锁账号,清除丢失的第二验证,查阅登录和查看记录。看不到事项内容。"),
    Role.AUDIT_KEEPER: _("查阅查看、登录、导出和管理操作的记录;什么也不改。"),
}
