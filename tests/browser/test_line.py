"""From a new subject to the signed visit, in the browser, and to its JSON through the API: as the README tells."""

import json
import urllib.request
from datetime import timedelta

from knox.models import AuthToken
from tests.conftest import CODE, PASSWORD
from trial.models import Ledger, Signature

RESULTS = {"HGB": 132, "WBC": "6.1", "NEUT": "3.9", "LYM": "1.6", "PLAT": 210, "BILI": 11, "AST": 24, "ALT": 22, "ALP": 88, "ALB": 42}
RESULTS |= {"LDH": 190, "UREA": "5.2", "SODIUM": 140, "K": "4.2", "CA": "2.31", "GLUC": "5.2", "INR": "1.0", "APTT": 29, "HBDNA": "<20"}
RESULTS |= dict.fromkeys(("HBSAG", "HCAB", "HIV", "UPROT", "URBC"), "NEGATIVE") | {"UCULT": "No growth"}


def consent(nurse):
    nurse.open("informed consent")
    nurse.fill(type="INITIAL", signed_on="2025-03-03", signed_by="SUBJECT", investigator_signed_on="2025-03-03", copy_given="Y")
    nurse.fill(future_research="Y", genetic_research="N", data_sharing="N")
    nurse.page.select_option("#id_form_version", index=1)
    nurse.press("_next")


def test_new_subject_gets_to_its_signed_visit_and_to_its_json(nurse, live_server, sponsor):
    nurse.log_in("dan")
    nurse.page.fill("[name=screened_on]", "2025-03-03")
    nurse.page.click("text=Create subject")
    nurse.sees("Casebook of 01-001")

    consent(nurse)
    nurse.sees("Demographics · 01-001 Screening")  # the next form that is due opens
    nurse.fill(birth_month="1960-07", sex="M")
    nurse.press("_complete")
    nurse.sees("stored")

    nurse.open("vital signs and ECOG")
    nurse.fill(measured_on="2025-03-03", weight_kg=700, height_cm=170, systolic=128, diastolic=76, pulse=72, temperature="36.6")
    nurse.fill(ecog="1", ecog_on="2025-03-03")
    nurse.press("_complete")
    nurse.sees("“Weight” must lie between 25 and 250 kg.")
    assert nurse.page.input_value("#id_pulse") == "72", "what was typed stays"
    nurse.fill(weight_kg=70)
    nurse.press("_complete")

    nurse.open("laboratory panel")
    nurse.fill(sampled_on="2025-03-04")
    rows = nurse.page.locator("#results-group tr.form-row:not(.empty-form)")
    for number in range(rows.count()):
        test = nurse.page.input_value(f"#id_results-{number}-test")
        nurse.page.fill(f"#id_results-{number}-result", str(RESULTS.get(test, "1.10")))
    nurse.press("_complete")
    nurse.sees("was mg/dL meant?")  # creatinine 1.10 µmol/L is refused, and the sentence says what was meant
    creatinine = next(n for n in range(rows.count()) if nurse.page.input_value(f"#id_results-{n}-test") == "CREAT")
    nurse.page.select_option(f"#id_results-{creatinine}-unit", "mg/dL")
    nurse.press("_complete")
    nurse.sees("stored")

    nurse.page.click("#visit-SCR >> text=enter date")
    nurse.fill(held_on="2025-03-04", status="DONE", mode="ON_SITE")
    nurse.page.click("input[type=submit]")
    nurse.sees("stored")
    nurse.go("/subjects/01-001/eligibility/1/?assessed_on=2025-03-07")
    nurse.sees("97.24 µmol/L")

    nurse.log_in("ida")
    nurse.sees("01-001 · Screening")  # the visit waits for the investigator
    nurse.page.click("text=01-001 · Screening")
    nurse.page.fill("[name=password]", "wrong")
    nurse.page.fill("[name=code]", CODE)
    nurse.page.click("button:text('Sign')")
    nurse.sees("The password does not match")
    assert Signature.objects.count() == 0
    nurse.page.fill("[name=password]", PASSWORD)
    nurse.page.fill("[name=code]", CODE)
    nurse.page.click("button:text('Sign')")
    nurse.sees("✓ signed")

    _, token = AuthToken.objects.create(sponsor, expiry=timedelta(hours=1))
    signs = read(f"{live_server.url}/api/v1/forms/vitalsigns/?subject=01-001", token)["results"]
    assert [row["items"]["weight_kg"] for row in signs] == ["70.0"]
    person = read(f"{live_server.url}/api/v1/forms/demographics/?subject=01-001", token)["results"]
    assert person[0]["items"]["sex"] == "M"
    assert "birth_month" not in json.dumps(person)
    assert read(f"{live_server.url}/api/v1/signatures/?subject=01-001", token)["results"][0]["holds"] is True


def read(address, token):
    asked = urllib.request.Request(address, headers={"Authorization": f"Token {token}"})
    with urllib.request.urlopen(asked, timeout=20) as answer:
        return json.load(answer)


def test_signature_breaks_when_a_value_changes_and_names_the_item(nurse):
    nurse.log_in("dan")
    nurse.page.fill("[name=screened_on]", "2025-03-03")
    nurse.page.click("text=Create subject")
    consent(nurse)
    nurse.sees("Demographics · 01-001 Screening")
    nurse.go("/subjects/01-001/")
    nurse.page.click("#visit-SCR >> text=enter date")
    nurse.fill(held_on="2025-03-04", status="DONE", mode="ON_SITE")
    nurse.page.click("input[type=submit]")
    nurse.sees("stored")
    nurse.log_in("ida")
    nurse.page.click("text=01-001 · Screening")
    nurse.page.fill("[name=password]", PASSWORD)
    nurse.page.fill("[name=code]", CODE)
    nurse.page.click("button:text('Sign')")
    nurse.sees("✓ signed")

    nurse.log_in("dan")
    nurse.go("/subjects/01-001/")
    nurse.page.click("#visit-SCR a[aria-label^='informed consent']")
    nurse.fill(copy_given="N")
    nurse.press("_complete")
    nurse.sees("Say why an entered value changes.")
    nurse.fill(reason="TRANSCRIPTION")
    nurse.press("_complete")
    nurse.sees("signature broken")
    nurse.page.click("#visit-SCR .signoff a")
    nurse.sees("Copy given to the subject")
    assert Ledger.objects.filter(reason="TRANSCRIPTION").count() == 1


def test_the_documentation_of_the_api_runs_under_the_policy(nurse):
    """What the policy refuses would be an error in the console, and fail the test."""
    nurse.go("/api/v1/docs/")
    nurse.page.wait_for_selector(".opblock")
    # Of more than a hundred operations the page draws those in view: first the beginning, then the end.
    assert "/api/v1/allocations/" in nurse.page.inner_text("#swagger-ui")
    nurse.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    nurse.page.wait_for_function("!document.querySelector('#swagger-ui').innerText.includes('/api/v1/allocations/{id}/')")
    assert "/api/v1/visits/" in nurse.page.inner_text("#swagger-ui")
