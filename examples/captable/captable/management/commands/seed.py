"""Fill an empty database with three companies, their people and their certificates."""

import random
from decimal import Decimal

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand

from django_base import action

from ...models import (
    Certificate,
    Company,
    LawFirm,
    Legend,
    Mandate,
    Membership,
    ShareClass,
    Stakeholder,
)

PASSWORD = "captable"
PEOPLE = (
    ("ada", "Ada", "Okafor"),
    ("ben", "Ben", "Lindqvist"),
    ("chiara", "Chiara", "Romano"),
    ("deniz", "Deniz", "Aydin"),
    ("emil", "Emil", "Novak"),
    ("fatima", "Fatima", "Haddad"),
    ("gustav", "Gustav", "Berg"),
    ("hana", "Hana", "Sato"),
)
LAW_FIRM, MANDATES = "Sato & Ortega", 2
COMPANIES = (
    ("Halden Robotics", "Norway", "NOK"),
    ("Juniper & Stone", "Ireland", "EUR"),
    ("Meridian Biolabs", "United States", "USD"),
)
LEGENDS = (
    "Not registered under the Securities Act of 1933.",
    "Subject to a right of first refusal of the company.",
    "Subject to the lock-up of the shareholders' agreement.",
)
CLASSES = (
    ("Common", "CS", 10_000_000, "0.0100"),
    ("Series A Preferred", "SA", 5_000_000, "2.4500"),
)
FIRST = ("Amara", "Bram", "Carla", "Dario", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas")
LAST = ("Adeyemi", "Berg", "Castillo", "Dubois", "Eriksen", "Fontana", "Gruber", "Hansen", "Ivanov")
FUNDS = ("Northwind Ventures", "Blue Fjord Capital", "Orchard Seed Fund", "Keel Partners")


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same rows")
        parser.add_argument("--stakeholders", type=int, default=24, help="for each company")

    def handle(self, *, seed, stakeholders, **options):
        if Company.objects.filter(name=COMPANIES[0][0]).exists():
            self.stdout.write("There is data already; nothing was added.")
            return
        chance = random.Random(seed)
        with action("captable.seed"):
            users = _users()
            for name, country, currency in COMPANIES:
                company = Company.objects.create(name=name, country=country, currency=currency)
                _members(company, users)
                _register(company, chance, stakeholders)
                _shareholder(company, users)
            _lawyers(users)
        names = ", ".join(user.username for user in users)
        self.stdout.write(
            f"Log in as {names} with the password {PASSWORD!r}; ben may only look, gustav "
            "sees his own shares, hana is a lawyer of two companies."
        )


def _users() -> list[User]:
    secret = make_password(PASSWORD)
    return User.objects.bulk_create(
        User(
            username=username,
            first_name=first,
            last_name=last,
            email=f"{username}@captable.example",
            password=secret,
        )
        for username, first, last in PEOPLE
    )


def _members(company: Company, users: list[User]) -> None:
    roles = Membership.Role
    Membership.objects.bulk_create(
        Membership(
            company=company,
            user=user,
            role=roles.AUDITOR if user.username == "ben" else roles.ADMINISTRATOR,
        )
        for user in users
        if user.username not in ("gustav", "hana")
    )


def _shareholder(company: Company, users: list[User]) -> None:
    """Gustav is the first stakeholder of each company, and sees what is his."""
    Membership.objects.create(
        company=company,
        user=next(user for user in users if user.username == "gustav"),
        role=Membership.Role.SHAREHOLDER,
        stakeholder=company.stakeholders.earliest("pk"),
    )


def _lawyers(users: list[User]) -> None:
    firm = LawFirm.objects.create(name=LAW_FIRM)
    firm.lawyers.set(user for user in users if user.username == "hana")
    for company in Company.objects.order_by("pk")[:MANDATES]:
        Mandate.objects.create(firm=firm, company=company)


def _register(company: Company, chance: random.Random, size: int) -> None:
    holders = _holders(company, chance, size)
    legends = [Legend.objects.create(company=company, text=text) for text in LEGENDS]
    classes = [
        ShareClass.objects.create(
            company=company, name=name, prefix=prefix, authorised=authorised, price=Decimal(price)
        )
        for name, prefix, authorised, price in CLASSES
    ]
    certificates = Certificate.objects.bulk_create(
        Certificate(
            company=company,
            number=f"{share_class.prefix}-{at:04d}",
            share_class=share_class,
            holder=holder,
            shares=chance.randrange(10, 400) * 100,
            reference="Founding resolution",
        )
        for share_class in classes
        for at, holder in enumerate(holders, 1)
        if share_class.prefix == "CS" or at <= len(FUNDS)
    )
    for certificate in chance.sample(certificates, 6):
        certificate.legends.set(chance.sample(legends, 2))


def _holders(company: Company, chance: random.Random, size: int) -> list[Stakeholder]:
    domain = company.name.lower().split()[0]
    everybody = [f"{first} {last}" for first in FIRST for last in LAST]
    names = chance.sample(everybody, size - len(FUNDS))
    people = (Stakeholder.Kind.FOUNDER, Stakeholder.Kind.EMPLOYEE)
    return Stakeholder.objects.bulk_create(
        Stakeholder(
            company=company,
            name=name,
            kind=Stakeholder.Kind.INVESTOR if name in FUNDS else chance.choice(people),
            email=f"{name.lower().replace(' ', '.')}.{at}@{domain}.example",
            tax_id=f"{chance.randrange(10**9):09d}",
        )
        for at, name in enumerate((*FUNDS, *names), 1)
    )
