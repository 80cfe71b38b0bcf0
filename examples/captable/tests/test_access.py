"""Who gets where, and that nothing of another company is reached: ``manage.py test``."""

from decimal import Decimal
from io import StringIO

from captable.models import Company
from captable.register import transfer
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client, TestCase

from django_base.testing import assert_isolated, captured_events, role_matrix


class AccessTest(TestCase):
    @classmethod
    def setUpTestData(cls):
        call_command("seed", "--stakeholders", "6", stdout=StringIO())
        cls.own, cls.other, cls.third = Company.objects.order_by("pk")
        for company in (cls.own, cls.other):
            certificate = company.certificates.first()
            buyer = company.stakeholders.exclude(pk=certificate.holder_id).first()
            transfer(
                certificate, recipient=buyer, shares=Decimal(100), number="T-1", reason="a test"
            )

    def client_of(self, name):
        client = Client()
        client.force_login(User.objects.get(username=name))
        return client

    def only_of(self, company, name):
        """Somebody who is a member of one company."""
        User.objects.get(username=name).membership_set.exclude(company=company).delete()
        return self.client_of(name)

    def test_nothing_of_another_company_is_reached(self):
        removed = self.own.certificates.get(number="SA-0001")
        removed.pk, removed.number = 1_000_000, "R-1"  # a key that nothing of the other's has
        removed.save()
        removed.delete()
        found = assert_isolated(
            self.only_of(self.own, "ada"),
            self.other,
            entity=self.own,
            values={"kind": "certificate", "removed_id": removed.pk},
        )

        assert "POST /companies/<int:company_id>/certificates/issue/ body.holder" in found.tried

    def test_lawyers_reach_only_the_companies_of_their_mandates(self):
        lawyer = self.client_of("hana")

        assert lawyer.get(self.own.get_absolute_url()).status_code == 200
        assert lawyer.get(self.third.get_absolute_url()).status_code == 404
        self.assertNotContains(lawyer.get("/"), self.third.name)

    def test_shareholders_see_what_is_theirs(self):
        client = self.client_of("gustav")
        own = self.own.certificates.filter(holder__membership__user__username="gustav")
        others = self.own.certificates.exclude(pk__in=own)

        page = client.get(f"/companies/{self.own.pk}/certificates/")

        shown = {each.pk for each in page.context["certificates"]}
        assert shown == {each.pk for each in own}
        assert client.get(own[0].get_absolute_url()).status_code == 200
        assert client.get(others[0].get_absolute_url()).status_code == 403

    def test_superusers_are_nobody_here(self):
        User.objects.create_superuser("root")

        assert self.client_of("root").get(self.own.get_absolute_url()).status_code == 404

    def test_a_denial_is_told(self):
        with captured_events() as events:
            self.client_of("ben").post(f"/companies/{self.own.pk}/edit/", {"name": "Mine"})

        [told] = events().of("access.denied")
        assert told.payload.permission == "HasRole(roles=('administrator',))"
        assert told.context.entity == f"captable.Company/{self.own.pk}"

    def test_who_gets_where_is_as_agreed(self):
        names = {"admin": "ada", "auditor": "ben", "holder": "gustav", "lawyer": "hana"}
        clients = {role: self.client_of(name) for role, name in names.items()}
        User.objects.create_user("stranger")
        clients |= {"stranger": self.client_of("stranger"), "nobody": Client()}

        matrix = role_matrix(clients, self.own)

        matrix.assert_is(AGREED)


AGREED = """
                                                       admin   auditor  holder  lawyer  stranger  nobody
GET /                                                  yes     yes      yes     yes     yes       login
GET /health/                                           yes     yes      yes     yes     yes       yes
GET /companies/new/                                    yes     yes      yes     yes     yes       login
POST /companies/new/                                   yes     yes      yes     yes     yes       login
GET /companies/<int:company_id>/                       yes     yes      yes     yes     hidden    login
GET /companies/<int:company_id>/edit/                  yes     no       no      no      hidden    login
POST /companies/<int:company_id>/edit/                 yes     no       no      no      hidden    login
GET /companies/<int:company_id>/classes/new/           yes     no       no      no      hidden    login
POST /companies/<int:company_id>/classes/new/          yes     no       no      no      hidden    login
GET /companies/<int:company_id>/classes/<int:class_id>/edit/ yes     no       no      no      hidden    login
POST /companies/<int:company_id>/classes/<int:class_id>/edit/ yes     no       no      no      hidden    login
GET /companies/<int:company_id>/stakeholders/          yes     yes      no      yes     hidden    login
GET /companies/<int:company_id>/stakeholders/new/      yes     no       no      no      hidden    login
POST /companies/<int:company_id>/stakeholders/new/     yes     no       no      no      hidden    login
GET /companies/<int:company_id>/stakeholders/<int:stakeholder_id>/ yes     yes      yes     yes     hidden    login
GET /companies/<int:company_id>/stakeholders/<int:stakeholder_id>/edit/ yes     no       no      no      hidden    login
POST /companies/<int:company_id>/stakeholders/<int:stakeholder_id>/edit/ yes     no       no      no      hidden    login
POST /companies/<int:company_id>/stakeholders/<int:stakeholder_id>/remove/ yes     no       no      no      hidden    login
GET /companies/<int:company_id>/certificates/          yes     yes      yes     yes     hidden    login
GET /companies/<int:company_id>/certificates/issue/    yes     no       no      no      hidden    login
POST /companies/<int:company_id>/certificates/issue/   yes     no       no      no      hidden    login
GET /companies/<int:company_id>/certificates/issue-several/ yes     no       no      no      hidden    login
POST /companies/<int:company_id>/certificates/issue-several/ yes     no       no      no      hidden    login
GET /companies/<int:company_id>/certificates/<int:certificate_id>/ yes     yes      yes     yes     hidden    login
GET /companies/<int:company_id>/certificates/<int:certificate_id>/edit/ yes     no       no      no      hidden    login
POST /companies/<int:company_id>/certificates/<int:certificate_id>/edit/ yes     no       no      no      hidden    login
GET /companies/<int:company_id>/certificates/<int:certificate_id>/transfer/ yes     no       no      no      hidden    login
POST /companies/<int:company_id>/certificates/<int:certificate_id>/transfer/ yes     no       no      no      hidden    login
GET /companies/<int:company_id>/certificates/<int:certificate_id>/cancel/ yes     no       no      no      hidden    login
POST /companies/<int:company_id>/certificates/<int:certificate_id>/cancel/ yes     no       no      no      hidden    login
GET /companies/<int:company_id>/certificates/<int:certificate_id>/remove/ yes     no       no      no      hidden    login
POST /companies/<int:company_id>/certificates/<int:certificate_id>/remove/ yes     no       no      no      hidden    login
GET /companies/<int:company_id>/removed/               yes     no       no      no      hidden    login
POST /companies/<int:company_id>/removed/<str:kind>/<int:removed_id>/restore/ hidden  no       no      no      hidden    login
GET /companies/<int:company_id>/transfers/             yes     yes      no      yes     hidden    login
"""  # noqa: E501 - a table
