"""A dose of the first two cycles in words, as criterion X06 names it."""

from decimal import ROUND_DOWN, Decimal

from trial.protocol.code_words import agent_name, in_words
from trial.protocol.eligibility.evidence import Administration, Switch
from trial.protocol.sentence import Sentence
from trial.protocol.therapy.agents import Agent


def dose_in_words(dose: Administration) -> str:
    """Return agent, cycle, adjustment, reason, share and delay of a dose, in words."""
    share = Sentence("share of the planned dose not entered")
    if dose.percent is not None:
        share = Sentence("{percent:f} % of planned", percent=_shown(dose.percent))
    is_listed = dose.agent.upper() in set(Agent)
    state = in_words(dose.adjustment or "NO_ADJUSTMENT")
    reason = Sentence(" ({reason})", reason=in_words(dose.reason)) if dose.reason else ""
    delay = (
        Sentence(", {delay_days} days late", delay_days=dose.delay_days) if dose.delay_days else ""
    )
    return Sentence(
        "{agent} in cycle {cycle}: {state}{reason}, {share}{delay}.",
        agent=agent_name(dose.agent) if is_listed else dose.agent,
        cycle=dose.cycle,
        state=state,
        reason=reason,
        share=share,
        delay=delay,
    )


def _shown(percent: Decimal) -> Decimal:
    """Return a share in as many places as people read; never rounded up to a limit of X06."""
    return percent.quantize(Decimal("0.01"), rounding=ROUND_DOWN).normalize()


def switch_in_words(switch: Switch) -> str:
    """Return the day and the reason of a switch of the regimen, in words."""
    when = Sentence(", after the scan of the check") if switch.after_check else ""
    return Sentence(
        "The regimen was switched on {day} ({reason}){when}.",
        day=switch.on,
        reason=in_words(switch.reason or "NO_REASON"),
        when=when,
    )
