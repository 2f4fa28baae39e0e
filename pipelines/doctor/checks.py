"""`qm doctor`: one look at everything that a run needs, each with what to do where it doesn't work."""

from collections.abc import Iterable
from functools import partial

from pipelines.doctor import host, people, site
from pipelines.doctor.finding import Finding, Health, Look, looked_at
from pipelines.wiring import Wiring
from qm.domain.text import Language


def looks(wiring: Wiring, language: Language) -> tuple[tuple[str, Look], ...]:
    """Each part and the look at it, in the order in which a fault explains those after it."""
    settings = wiring.settings
    return (
        ("versions", partial(host.look_at_versions, settings, language)),
        ("data", partial(host.look_at_data, settings, language)),
        ("secrets", partial(host.look_at_secrets, settings, language)),
        ("disk", partial(host.look_at_disk, settings, language)),
        ("database", partial(site.look_at_database, wiring, language)),
        ("objects", partial(site.look_at_objects, wiring, language)),
        ("people", partial(people.look_at_people, wiring, language)),
        ("pages", partial(people.look_at_pages, settings, language)),
        ("workers", partial(site.look_at_workers, wiring, language)),
        ("addresses", partial(site.look_at_addresses, settings, language)),
        ("watch", partial(site.look_at_watched, settings, language)),
        ("rules", partial(host.look_at_rules, wiring, language)),
        ("weights", partial(host.look_at_weights, settings, language)),
        ("plan", partial(host.look_at_plan, wiring, language)),
    )


def examine(wiring: Wiring, language: Language) -> tuple[Finding, ...]:
    """Every look. Leaves nothing behind."""
    found: list[Finding] = []
    for part, look in looks(wiring, language):
        if part in {"workers", "people"} and any(
            each.part == "database" and each.health is Health.FAULT for each in found
        ):
            continue  # it would say the same again
        found += looked_at(part, look)
    return tuple(found)


def by_part(findings: Iterable[Finding]) -> dict[str, str]:
    """Each part and `ok`, or what is wrong with it."""
    parts: dict[str, list[str]] = {}
    for finding in findings:
        faults = parts.setdefault(finding.part, [])
        if finding.health is Health.FAULT:
            faults.append(finding.message + (f" ({finding.hint})" if finding.hint else ""))
    return {part: "; ".join(faults) or "ok" for part, faults in parts.items()}
