"""What is removed is gone from every page, and comes back as it was."""

from io import StringIO

from captable.models import Certificate, Company
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client, TestCase

from django_base.testing import captured_events


class RemovedTest(TestCase):
    @classmethod
    def setUpTestData(cls):
        call_command("seed", "--stakeholders", "6", stdout=StringIO())
        cls.company, cls.other, _ = Company.objects.order_by("pk")
        cls.certificate = cls.company.certificates.get(number="CS-0001")
        cls.address = cls.certificate.get_absolute_url()
        cls.list = f"/companies/{cls.company.pk}/removed/"

    def setUp(self):
        self.client = self.client_of("ada")

    def client_of(self, name):
        client = Client()
        client.force_login(User.objects.get(username=name))
        return client

    def remove(self):
        return self.client.post(f"{self.address}remove/", {"reason": "entered twice"})

    def restore(self):
        address = f"{self.list}certificate/{self.certificate.pk}/restore/"
        return self.client.post(address, follow=True)

    def test_removed_certificate_is_on_no_page_but_the_list(self):
        with captured_events() as events:
            assert self.remove().status_code == 302

        assert self.client.get(self.address).status_code == 404
        certificates = self.client.get(f"/companies/{self.company.pk}/certificates/")
        self.assertNotContains(certificates, "CS-0001<")
        self.assertContains(self.client.get(self.list), "CS-0001")
        (voided,) = events(Certificate).of("model.voided")
        assert voided.context.reason == "entered twice"

    def test_it_comes_back_as_it_was(self):
        self.remove()

        self.assertContains(self.restore(), "CS-0001 was restored")

        assert self.client.get(self.address).status_code == 200
        self.assertContains(self.client.get(self.list), "Nothing was removed")

    def test_its_number_may_be_used_again_and_then_it_stays_removed(self):
        self.remove()
        old = self.certificate
        Certificate.objects.create(
            company=self.company,
            number="CS-0001",
            share_class=old.share_class,
            holder=old.holder,
            shares=1,
        )

        self.assertContains(self.restore(), "cannot be restored")

        assert self.client.get(self.address).status_code == 404

    def test_transferred_certificate_is_not_removed(self):
        buyer = self.company.stakeholders.exclude(pk=self.certificate.holder_id).first()
        sold = {"recipient": buyer.pk, "shares": "1", "number": "T-1", "reason": "sold"}
        self.client.post(f"{self.address}transfer/", sold)

        answer = self.remove()

        self.assertContains(answer, "was transferred and stays", status_code=422)
        assert self.client.get(self.address).status_code == 200

    def test_only_those_who_administer_see_the_list_and_restore(self):
        self.remove()
        self.client = self.client_of("ben")

        assert self.client.get(self.list).status_code == 403
        assert self.restore().status_code == 403

    def test_nothing_of_another_company_is_restored(self):
        self.remove()
        address = f"/companies/{self.other.pk}/removed/certificate/{self.certificate.pk}/restore/"

        assert self.client.post(address).status_code == 404
