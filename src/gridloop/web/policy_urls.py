"""The addresses of policies for firms."""

from django.urls import path

from gridloop.web import converters, policies, policy_editor, policy_firms, policy_questions  # noqa: F401  # makes sheet_form known to path

urlpatterns = [
    path("policies/", policies.policies, name="policies"),
    path("policies/push/", policies.push, name="push_policies"),
    path("policies/new/", policy_editor.new, name="new_policy"),
    path("policies/preview/", policy_editor.look, name="preview_policy"),
    path("policies/import/", policy_editor.upload, name="import_policies"),
    path("policies/import/sheet.<sheet_form:form>", policy_editor.sheet, name="policy_sheet"),
    path("policies/questions/", policy_questions.questions, name="policy_questions"),
    path("policies/questions/<slug:ref>/retire/", policy_questions.retire, name="retire_policy_question"),
    path("policies/firms/<slug:ref>/", policy_firms.firm, name="firm_policies"),
    path("policies/firms/<slug:ref>/answer/", policy_firms.answer, name="answer_policy"),
    path("policies/<slug:ref>/", policies.policy, name="policy"),
    path("policies/<slug:ref>/edit/", policy_editor.edit, name="edit_policy"),
    path("policies/<slug:ref>/do/<slug:verb>/", policies.do, name="do_policy"),
]
