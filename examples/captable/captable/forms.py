"""What people may type, always within one company."""

from decimal import Decimal, InvalidOperation

from django import forms

from .models import ONE_SHARE, Certificate, Company, ShareClass, Stakeholder

WIDGETS = {
    "issued_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    "notes": forms.Textarea(attrs={"rows": 3}),
    "legends": forms.CheckboxSelectMultiple,
}


class CompanyForm(forms.ModelForm):
    class Meta:
        model = Company
        fields = ("name", "country", "currency")


class StakeholderForm(forms.ModelForm):
    class Meta:
        model = Stakeholder
        fields = ("name", "kind", "email", "tax_id")


class ShareClassForm(forms.ModelForm):
    class Meta:
        model = ShareClass
        fields = ("name", "prefix", "authorised", "price")


class _OfCompany(forms.ModelForm):
    """Takes a number once; the view offers only what belongs to the company."""

    def clean_number(self) -> str:
        number = self.cleaned_data["number"]
        same = Certificate.objects.filter(company=self.instance.company, number=number)
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(f"Certificate {number} exists already.")
        return number


class IssueForm(_OfCompany):
    preview = forms.BooleanField(required=False, widget=forms.HiddenInput)  # the second button

    class Meta:
        model = Certificate
        fields = (
            "number",
            "share_class",
            "holder",
            "shares",
            "issued_on",
            "reference",
            "notes",
            "legends",
        )
        widgets = WIDGETS


class CertificateForm(_OfCompany):
    class Meta:
        model = Certificate
        fields = ("number", "reference", "issued_on", "notes", "legends")
        widgets = WIDGETS


class TransferForm(forms.Form):
    recipient = forms.ModelChoiceField(Stakeholder.objects.none())
    shares = forms.DecimalField(max_digits=20, decimal_places=4, min_value=ONE_SHARE)
    number = forms.CharField(max_length=26, label="Number of the new certificate")
    reason = forms.CharField(max_length=300, help_text="Kept in the history with the transfer.")

    def __init__(self, *args, certificate: Certificate, **kwargs):
        super().__init__(*args, **kwargs)
        others = certificate.company.stakeholders.exclude(pk=certificate.holder_id)
        self.fields["recipient"].queryset = others


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=300, help_text="Kept in the history.")


class RoundForm(forms.Form):
    """Several certificates at once, one line each: number; e-mail of the holder; shares."""

    share_class = forms.ModelChoiceField(ShareClass.objects.none())
    reference = forms.CharField(max_length=200, required=False)
    lines = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text="One certificate a line: number; e-mail of the holder; shares",
    )

    def __init__(self, *args, company: Company, **kwargs):
        super().__init__(*args, **kwargs)
        self.company = company
        self.fields["share_class"].queryset = company.share_classes.all()

    def clean_lines(self) -> list[tuple[str, Stakeholder, Decimal]]:
        holders = {holder.email: holder for holder in self.company.stakeholders.exclude(email="")}
        rows, problems = [], []
        for at, line in enumerate(self.cleaned_data["lines"].splitlines(), 1):
            if not line.strip():
                continue
            try:
                number, email, shares = (part.strip() for part in line.split(";"))
                rows.append((number, holders[email], Decimal(shares)))
            except KeyError:
                problems.append(f"Line {at}: nobody here has the e-mail {email}.")
            except (ValueError, InvalidOperation):
                problems.append(f"Line {at} is not: number; e-mail; shares.")
        if problems:
            raise forms.ValidationError(problems)
        return rows
