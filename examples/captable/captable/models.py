"""Who owns what: companies, their people, classes of shares, certificates, transfers."""

from decimal import Decimal

from django.conf import settings
from django.contrib.auth.models import User
from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone

from django_base import BaseModel, UniqueAmongLive, track

track(
    User,
    entity=None,
    entity_reason="people work for several companies",
    masked=("password",),
    personal=("username", "first_name", "last_name", "email"),
)
track("auth.Group", untracked="the site has no groups")
track("auth.Permission", untracked="made by migrate from the models' code")
track("contenttypes.ContentType", untracked="made by migrate from the models' code")
track("sessions.Session", untracked="what visitors do is told by page views and actions")

ONE_SHARE = Decimal("0.0001")


class Company(BaseModel):
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=60)
    currency = models.CharField(
        max_length=3, default="USD", help_text="Three letters, such as USD."
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Membership", related_name="companies"
    )

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "companies"
        constraints = (UniqueAmongLive(fields=("name",), name="one_company_a_name"),)

    class Backstory:
        entity = "self"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("company", args=(self.pk,))


class Membership(BaseModel):
    class Role(models.TextChoices):
        ADMINISTRATOR = "administrator", "Administrator"
        AUDITOR = "auditor", "Auditor"
        SHAREHOLDER = "shareholder", "Shareholder"

    company = models.ForeignKey(Company, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    role = models.CharField(max_length=15, choices=Role.choices, default=Role.AUDITOR)
    stakeholder = models.ForeignKey(
        "Stakeholder",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        help_text="Whose certificates a shareholder sees.",
    )

    class Meta:
        constraints = (UniqueAmongLive(fields=("company", "user"), name="one_membership_a_person"),)

    class Backstory:
        entity = "company"

    def __str__(self) -> str:
        return f"{self.user} in {self.company}"


class LawFirm(BaseModel):
    name = models.CharField(max_length=120, unique=True)
    lawyers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="law_firms")

    class Backstory:
        entity = None
        entity_reason = "a law firm works for several companies"

    def __str__(self) -> str:
        return self.name


class Mandate(BaseModel):
    """Lets the lawyers of a firm read the register of a company."""

    firm = models.ForeignKey(LawFirm, on_delete=models.CASCADE, related_name="mandates")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="mandates")

    class Backstory:
        entity = "company"

    def __str__(self) -> str:
        return f"{self.firm} for {self.company}"


class Stakeholder(BaseModel):
    class Kind(models.TextChoices):
        FOUNDER = "founder", "Founder"
        EMPLOYEE = "employee", "Employee"
        INVESTOR = "investor", "Investor"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="stakeholders")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.INVESTOR)
    email = models.EmailField(blank=True)
    tax_id = models.CharField("tax number", max_length=40, blank=True)

    class Meta:
        ordering = ("name", "pk")

    class Backstory:
        entity = "company"
        masked = ("tax_id",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("stakeholder", args=(self.company_id, self.pk))


class ShareClass(BaseModel):
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="share_classes")
    name = models.CharField(max_length=60)
    prefix = models.CharField(
        max_length=6, help_text="Starts each certificate's number, such as CS."
    )
    authorised = models.DecimalField(
        max_digits=20, decimal_places=4, validators=(MinValueValidator(ONE_SHARE),)
    )
    price = models.DecimalField(
        "price per share", max_digits=14, decimal_places=4, validators=(MinValueValidator(0),)
    )

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "share classes"
        constraints = (UniqueAmongLive(fields=("company", "name"), name="one_class_a_name"),)

    class Backstory:
        entity = "company"

    def __str__(self) -> str:
        return self.name


class Legend(BaseModel):
    """A restriction printed on certificates."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="legends")
    text = models.CharField(max_length=200)

    class Meta:
        ordering = ("text",)

    class Backstory:
        entity = "company"

    def __str__(self) -> str:
        return self.text


class Certificate(BaseModel):
    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        TRANSFERRED = "transferred", "Transferred"
        CANCELLED = "cancelled", "Cancelled"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="certificates")
    number = models.CharField(max_length=30)
    share_class = models.ForeignKey(
        ShareClass, on_delete=models.PROTECT, related_name="certificates"
    )
    holder = models.ForeignKey(Stakeholder, on_delete=models.PROTECT, related_name="certificates")
    shares = models.DecimalField(
        max_digits=20, decimal_places=4, validators=(MinValueValidator(ONE_SHARE),)
    )
    vested = models.DecimalField(max_digits=20, decimal_places=4, default=Decimal(0))
    fair_value = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    issued_on = models.DateField(default=timezone.localdate)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.ACTIVE)
    reference = models.CharField(
        max_length=200, blank=True, help_text="The resolution or agreement behind it."
    )
    notes = models.TextField(blank=True, help_text="Stays in this database; the history masks it.")
    legends = models.ManyToManyField(Legend, blank=True, related_name="certificates")

    class Meta:
        ordering = ("-pk",)
        constraints = (
            UniqueAmongLive(fields=("company", "number"), name="one_certificate_a_number"),
            models.CheckConstraint(condition=models.Q(shares__gt=0), name="some_shares"),
        )

    class Backstory:
        entity = "company"
        masked = ("notes",)

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("certificate", args=(self.company_id, self.pk))

    @property
    def is_active(self) -> bool:
        return self.status == self.Status.ACTIVE


class Transfer(BaseModel):
    """Shares of one certificate that became another's; the rest, if any, became a third."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="transfers")
    source = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="transfers_out")
    result = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="transfer_in")
    shares = models.DecimalField(max_digits=20, decimal_places=4)
    made_on = models.DateField(default=timezone.localdate)
    reason = models.CharField(max_length=300)

    class Meta:
        ordering = ("-pk",)

    class Backstory:
        entity = "company"

    def __str__(self) -> str:
        return f"{self.source} to {self.result}"
