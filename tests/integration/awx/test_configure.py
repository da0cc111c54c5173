# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example that sets AWX up holds for the real modules of awx.awx, and says nothing that the collection does not know."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.bomgar.appliance.plugins.module_utils import inventory
from ansible_collections.bomgar.appliance.tests.integration.awx.asked import (
    EXAMPLE,
    ROOT,
    Call,
    configure,
    play,
    run,
    wrong,
)
from jinja2 import Environment, nodes

#: Everything that settings.yml speaks of, used.
EVERYTHING = {
    "awx_organization": "Operations",
    "awx_prefix": "Support",
    "awx_project_credential": "git",
    "awx_image_credential": "registry",
    "awx_accounts": {"api_client_id": "upgrade", "api_client_secret": "a-secret"},
    "awx_more_credentials": ["vault"],
    "awx_volume_claim": "bomgar",
    "awx_slices": {"upgrade": 4, "show_status": 4},
    "awx_timeouts": {"back_up": 7200},
    "awx_approval_timeout": 86400,
    "awx_second_window": "schedule",
    # The examples that stand in its comments.
    **{
        name: yaml.safe_load(re.sub(r"(?m)^#( |$)", "", block))
        for block, name in re.findall(
            r"(?m)((?:^#   .*\n)+)(awx_\w+): \[\]$", (EXAMPLE / "settings.yml").read_text(encoding="utf-8")
        )
    },
}
#: Names that the settings say to exist already.
EXISTING = {"credential": {"git", "registry", "vault"}}

#: Module -> argument -> what kind of thing it names.
NAMES: dict[str, dict[str, str]] = {
    "credential": {"credential_type": "credential_type"},
    "execution_environment": {"credential": "credential"},
    "project": {"credential": "credential", "default_environment": "execution_environment"},
    "inventory_source": {
        "inventory": "inventory",
        "source_project": "project",
        "execution_environment": "execution_environment",
    },
    "job_template": {
        "project": "project",
        "inventory": "inventory",
        "credentials": "credential",
        "execution_environment": "execution_environment",
        "instance_groups": "instance_group",
    },
    "workflow_job_template_node": {
        "workflow_job_template": "workflow_job_template",
        "unified_job_template": "job_template",
        "success_nodes": "workflow_job_template_node",
    },
    "schedule": {"unified_job_template": "job_template"},
}
PATHS = ("automatic", "manual", "in_place", "role_swap")


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> list[Call]:
    """As it is shipped."""
    return configure(tmp_path_factory.mktemp("usual"))


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> list[Call]:
    """With everything that can be set."""
    return configure(tmp_path_factory.mktemp("everything"), EVERYTHING)


@pytest.fixture(params=["usual", "everything"])
def calls(request: pytest.FixtureRequest) -> list[Call]:
    return list(request.getfixturevalue(request.param))


def of(calls: list[Call], module: str) -> list[Call]:
    return [call for call in calls if call.module == module]


def sites() -> str:
    return (EXAMPLE / "project/sites.yml").read_text(encoding="utf-8")


def undeclared(text: str) -> set[str]:
    """The variables that the expressions in a file ask for."""
    return {
        node.name
        for each in re.findall(r"{{.*?}}", text, re.S)
        for node in Environment().parse(each).find_all(nodes.Name)
    }


def known() -> set[str]:
    """What a survey or a credential may give: the contract, options of roles, what playbooks ask for, what the inventory takes up."""
    playbooks = [path.read_text(encoding="utf-8") for path in (ROOT / "playbooks").glob("*.yml")]
    asked = {name for text in [*playbooks, sites()] for name in undeclared(text)}
    return {*inventory.BY_NAME, *inventory.ROLE_OPTIONS, *asked}


def questions(call: Call) -> dict[str, dict[str, Any]]:
    return {question["variable"]: question for question in call.given["survey_spec"]["spec"]}


def answers(calls: list[Call], template: str, given: dict[str, Any]) -> None:
    """These variables may be given to that job template: its survey asks for them, and allows the answers."""
    (call,) = [call for call in of(calls, "job_template") if call.name == template]
    for name, value in given.items():
        assert name in questions(call), f"{template} does not ask for {name}"
        assert value in questions(call)[name].get("choices", [value])


def test_it_is_read_with_the_real_modules() -> None:
    done = play("configure.yml", "--syntax-check")
    assert done.returncode == 0, done.stdout


def test_every_argument_is_one_of_the_real_modules(calls: list[Call]) -> None:
    assert {call.module for call in calls} >= {
        "credential_type",
        "project",
        "inventory_source",
        "workflow_job_template",
    }
    assert [message for call in calls for message in wrong(call)] == []


@pytest.mark.parametrize(
    ("module", "change", "message"),
    [
        ("job_template", {"no_such": 1}, "no_such"),
        ("job_template", {"job_type": "rehearse"}, "job_type must be one of: run, check"),
        ("job_template", {"forks": "many"}, "forks"),
        ("workflow_job_template_node", {"identifier": None}, "identifier"),
        ("workflow_job_template_node", {"approval_node": {"nme": "x"}}, "nme"),
        ("inventory_source", {"source": "git"}, "source must be one of"),
    ],
)
def test_a_wrong_argument_would_be_found(usual: list[Call], module: str, change: dict[str, Any], message: str) -> None:
    call = next(call for call in of(usual, module) if set(call.given) & set(change) or "no_such" in change)
    given = {key: value for key, value in {**call.given, **change}.items() if value is not None}
    assert any(message in text for text in wrong(replace(call, given=given)))


def test_what_is_named_was_made_before(calls: list[Call]) -> None:
    made = {kind: set(names) for kind, names in EXISTING.items()}
    for call in calls:
        workflow = call.given.get("workflow_job_template", "")
        names = dict(NAMES.get(call.module, {}))
        names |= {key: "notification_template" for key in call.given if key.startswith("notification_templates_")}
        for argument, kind in names.items():
            given = call.given.get(argument, [])
            for name in given if isinstance(given, list) else [given]:
                at = f"{workflow}/{name}" if kind == "workflow_job_template_node" else name
                assert at in made.get(kind, set()), f"{call.task} {call.name}: {argument} {name}"
        own = f"{workflow}/{call.name}" if call.module == "workflow_job_template_node" else call.name
        made.setdefault(call.module, set()).add(own)
        assert call.given.get("organization", "?") in (
            ("?",) if call.module in ("credential_type", "instance_group") else ("Default", "Operations")
        )


def test_there_is_a_job_template_for_every_playbook(calls: list[Call]) -> None:
    playbooks = {path.stem for path in (ROOT / "playbooks").glob("*.yml")}
    templates = of(calls, "job_template")
    assert {call.name.partition(": ")[2] for call in templates} == playbooks
    for call in templates:
        (play,) = yaml.safe_load((EXAMPLE / "project" / call.given["playbook"]).read_text(encoding="utf-8"))
        assert play["ansible.builtin.import_playbook"] == f"bomgar.appliance.{call.name.partition(': ')[2]}"
    assert (EXAMPLE / "project" / of(calls, "inventory_source")[0].given["source_path"]).is_file()


def test_surveys_ask_for_what_the_collection_knows_and_in_the_way_of_awx(calls: list[Call]) -> None:
    for call in (*of(calls, "job_template"), *of(calls, "workflow_job_template")):
        assert call.given["survey_enabled"]
        assert set(call.given["survey_spec"]) == {"name", "description", "spec"}
        assert questions(call), call.name
        assert set(questions(call)) <= known(), call.name
        assert len(questions(call)) == len(call.given["survey_spec"]["spec"])
        for question in questions(call).values():
            assert {"question_name", "question_description", "type", "required"} <= set(question)
            assert isinstance(question["required"], bool)
            assert question["type"] in ("text", "integer", "multiplechoice")
            assert ("choices" in question) == (question["type"] == "multiplechoice")
            assert all(isinstance(choice, str) and choice.strip() for choice in question.get("choices", ()))
            # An answer counts before the inventory, so nothing may be answered by itself.
            assert "default" not in question


def test_every_choice_is_one_that_the_inventory_takes(usual: list[Call]) -> None:
    for call in of(usual, "job_template"):
        for name, question in questions(call).items():
            if name in inventory.BY_NAME:
                for choice in question.get("choices", ()):
                    assert inventory.BY_NAME[name].judge(choice) is None


def test_an_asked_question_is_asked_somewhere(usual: list[Call]) -> None:
    asked = {name for call in usual if "survey_spec" in call.given for name in questions(call)}
    listed = yaml.safe_load((EXAMPLE / "templates.yml").read_text(encoding="utf-8"))
    assert {question["variable"] for question in listed["awx_questions"]} == asked
    for template in listed["awx_job_templates"]:
        (call,) = [call for call in of(usual, "job_template") if call.name.endswith(f": {template['playbook']}")]
        assert set(questions(call)) == set(template["asks"])


def test_every_question_is_in_the_documentation(usual: list[Call]) -> None:
    page = (ROOT / "docs/awx.md").read_text(encoding="utf-8")
    for call in usual:
        if call.module == "job_template":
            playbook = call.name.partition(": ")[2]
            for name in questions(call):
                rows = [line for line in page.splitlines() if f"`{name}`" in line and line.startswith("|")]
                asked = "workflows of pairs" if name.startswith(("first_", "second_")) else f"`{playbook}`"
                assert any(asked in row for row in rows), f"{name} of {playbook}"


def test_the_settings_in_the_documentation_are_those_of_the_example() -> None:
    page = (ROOT / "docs/awx.md").read_text(encoding="utf-8")
    blocks = [yaml.safe_load(block) for block in re.findall(r"(?ms)^```yaml\n(.*?)^```", page)]
    shown = {name: value for block in blocks for name, value in block.items() if name.startswith("awx_")}
    known = yaml.safe_load((EXAMPLE / "settings.yml").read_text(encoding="utf-8"))
    assert shown
    assert shown.keys() <= known.keys()
    assert set(re.findall(r"`(awx_[a-z]+(?:_[a-z]+)*)", page)) <= known.keys()
    (entry,) = shown["awx_schedules"]
    assert entry.keys() <= {*EVERYTHING["awx_schedules"][0], "state"}


def test_the_credential_gives_every_account_under_the_names_of_the_inventory(usual: list[Call]) -> None:
    (kind,) = of(usual, "credential_type")
    fields = {field["id"]: field for field in kind.given["inputs"]["fields"]}
    injected = kind.given["injectors"]["extra_vars"]
    assert set(injected) <= known()
    assert {variable.name for variable in inventory.VARIABLES if variable.secret} - {"bomgar_proxy"} <= set(injected)
    taken = set()
    for name, text in injected.items():
        (field,) = undeclared(text)
        taken.add(field)
        assert text == f"{{{{ {field} }}}}"
        secret = inventory.BY_NAME[name].secret if name in inventory.BY_NAME else True
        assert fields[field].get("secret", False) == secret, name
    assert taken == set(fields)


def test_the_inventory_is_complete_with_the_credential_and_what_a_survey_answers(usual: list[Call]) -> None:
    (kind,) = of(usual, "credential_type")
    given = {name: f"the-{name}" for name in kind.given["injectors"]["extra_vars"]}
    given |= {"bomgar_window": "second", "second_window_ends": "2027-02-07T04:00:00+01:00", "wanted_base": "6.2.1"}
    names = "query('ansible.builtin.varnames', '^bomgar_')"
    values = f"dict({names} | zip(query('ansible.builtin.vars', *{names})))"
    problems = f"{values} | bomgar.appliance.inventory_problems(inventory_hostname, [])"
    wish = "[bomgar_target, bomgar_window_ends]"
    message = f"msg={{{{ {wish} + [{problems}] }}}}"
    done = run(
        "ansible",
        "bomgar_role_swap",
        "-i",
        "project/sites.yml",
        "-e",
        json.dumps(given),
        "-m",
        "ansible.builtin.debug",
        "-a",
        message,
    )
    assert json.loads(done.stdout.partition("=>")[2])["msg"] == [
        {"site": "23.2.1", "base": "6.2.1"},
        "2027-02-07T04:00:00+01:00",
        [],
    ], done.stdout


@pytest.mark.parametrize("path", PATHS)
def test_a_workflow_goes_through_an_approval_before_each_window(calls: list[Call], path: str) -> None:
    (workflow,) = [call for call in of(calls, "workflow_job_template") if call.name.endswith(f"by {path}")]
    assert workflow.given["extra_vars"] == {"bomgar_hosts": f"bomgar_{path}"}
    groups = yaml.safe_load(sites())["all"]["children"]["bomgar_sites"]["children"]
    assert groups[f"bomgar_{path}"]["vars"]["bomgar_path"] == path
    mine = [
        call
        for call in of(calls, "workflow_job_template_node")
        if call.given["workflow_job_template"] == workflow.name and call.given.get("state") != "absent"
    ]
    # The module cannot make an approval and say at once what follows it.
    assert not [call for call in mine if "approval_node" in call.given and "success_nodes" in call.given]
    follows = {call.name: call.given["success_nodes"] for call in mine if "success_nodes" in call.given}
    nodes = {call.name: call for call in mine if "success_nodes" not in call.given}
    order = ["plan"]
    while follows[order[-1]]:
        order += follows[order[-1]]
    assert set(order) == set(nodes)
    two = ["plan", "agree", "first_window", "signed_off", "sign_off"]
    now = [] if calls[0].name.startswith("Support") else ["second_window"]
    assert order == (["plan", "agree", "upgrade"] if path in PATHS[:2] else two + now)
    for name, node in nodes.items():
        if name in ("agree", "signed_off"):
            assert "unified_job_template" not in node.given
            assert node.given["approval_node"]["name"]
        else:
            answers(calls, node.given["unified_job_template"], node.given.get("extra_data", {}))


def test_names_of_approvals_differ(calls: list[Call]) -> None:
    names = [call.given["approval_node"]["name"] for call in calls if "approval_node" in call.given]
    assert len(names) == len(set(names)) == 6


def test_a_second_window_can_be_left_to_a_schedule(usual: list[Call], everything: list[Call]) -> None:
    assert of(usual, "schedule") == []
    (schedule,) = of(everything, "schedule")
    assert re.fullmatch(r"DTSTART;TZID=\S+:\d{8}T\d{6} RRULE:FREQ=DAILY;INTERVAL=1;COUNT=1", schedule.given["rrule"])
    assert schedule.given["extra_data"]["bomgar_window"] == "second"
    answers(everything, schedule.given["unified_job_template"], schedule.given["extra_data"])
    gone = [call for call in of(everything, "workflow_job_template_node") if call.given.get("state") == "absent"]
    assert [call.name for call in gone] == ["second_window"] * 4


def test_nobody_is_told_unless_that_is_wished_for(usual: list[Call], everything: list[Call]) -> None:
    def told(calls: list[Call], when: str) -> list[str]:
        (call,) = [call for call in of(calls, "workflow_job_template") if call.name.endswith("role_swap")]
        return list(call.given[f"notification_templates_{when}"])

    whens = ("started", "success", "error", "approvals")
    assert [told(usual, when) for when in whens] == [[], [], [], []]
    mail = "Mail to operations"
    assert [told(everything, when) for when in whens] == [[mail], [mail], ["Operations", mail], ["Operations", mail]]


def test_the_volume_is_where_the_inventory_looks(everything: list[Call]) -> None:
    (group,) = of(everything, "instance_group")
    pod = yaml.safe_load(group.given["pod_spec_override"])["spec"]
    assert pod["volumes"][0]["persistentVolumeClaim"] == {"claimName": "bomgar"}
    (mount,) = pod["containers"][0]["volumeMounts"]
    folders = yaml.safe_load(sites())["all"]["children"]["bomgar_sites"]["vars"]
    for name in ("bomgar_backup_dir", "bomgar_record_dir", "export_dir", "session_export_dir"):
        assert folders[name].startswith(mount["mountPath"] + "/")


def test_the_plan_is_not_sliced(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="plan_upgrade must not be sliced"):
        configure(tmp_path, {"awx_slices": {"plan_upgrade": 2}})
