"""Settings: the language model, off until an administrator says that the text of notes may leave this machine."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from claimwright.office.web.access import ADMINISTRATOR, roles
from claimwright.office.web.shell import do, page
from claimwright.office.workflow import language_model as workflow


@roles(ADMINISTRATOR)
def language_model(request: HttpRequest) -> HttpResponse:
    """Where it is, whether it is on, and every earlier decision; a post makes a new one."""
    said = request.POST
    if request.method == "POST":
        on = said.get("on") == "yes"
        names = ("endpoint", "model", "key_name")
        _, fine = do(
            request,
            workflow.set_language_model,
            at="language-model",
            done="The language model is on." if on else "The language model is off.",
            on=on,
            confirmed=said.get("confirmed") == "on",
            **{name: said.get(name, "") for name in names},
        )
        if fine:
            return redirect("language-model")
    latest = workflow.in_force(request.practice)
    context = {
        "latest": latest,
        "said": said if request.method == "POST" else latest,
        "decisions": request.practice.language_model.select_related("made_by")[:50],
    }
    return page(request, "settings/language_model.html", context)
