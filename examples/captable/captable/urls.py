"""The site's addresses."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from django_base.gate import declare
from django_base.views import public

from .views import certificates, companies, removed, stakeholders

declare("login", public(reason="where a session begins"))
declare("logout", public(reason="ends a session, if there is one"))

of_company = [
    path("", companies.CompanyPage.as_view(), name="company"),
    path("edit/", companies.EditCompany.as_view(), name="edit-company"),
    path("classes/new/", companies.EditShareClass.as_view(), name="new-class"),
    path("classes/<int:class_id>/edit/", companies.EditShareClass.as_view(), name="edit-class"),
    path("stakeholders/", stakeholders.Stakeholders.as_view(), name="stakeholders"),
    path("stakeholders/new/", stakeholders.EditStakeholder.as_view(), name="new-stakeholder"),
    path(
        "stakeholders/<int:stakeholder_id>/",
        stakeholders.StakeholderPage.as_view(),
        name="stakeholder",
    ),
    path(
        "stakeholders/<int:stakeholder_id>/edit/",
        stakeholders.EditStakeholder.as_view(),
        name="edit-stakeholder",
    ),
    path(
        "stakeholders/<int:stakeholder_id>/remove/",
        stakeholders.RemoveStakeholder.as_view(),
        name="remove-stakeholder",
    ),
    path("certificates/", certificates.Certificates.as_view(), name="certificates"),
    path("certificates/issue/", certificates.IssueCertificate.as_view(), name="issue"),
    path("certificates/issue-several/", certificates.IssueRound.as_view(), name="issue-round"),
    path(
        "certificates/<int:certificate_id>/",
        certificates.CertificatePage.as_view(),
        name="certificate",
    ),
    path(
        "certificates/<int:certificate_id>/edit/",
        certificates.EditCertificate.as_view(),
        name="edit-certificate",
    ),
    path(
        "certificates/<int:certificate_id>/transfer/",
        certificates.TransferCertificate.as_view(),
        name="transfer",
    ),
    path(
        "certificates/<int:certificate_id>/cancel/",
        certificates.CancelCertificate.as_view(),
        name="cancel",
    ),
    path(
        "certificates/<int:certificate_id>/remove/",
        removed.RemoveCertificate.as_view(),
        name="remove-certificate",
    ),
    path("removed/", removed.Removed.as_view(), name="removed"),
    path(
        "removed/<str:kind>/<int:removed_id>/restore/",
        removed.RestoreRemoved.as_view(),
        name="restore-removed",
    ),
    path("transfers/", certificates.Transfers.as_view(), name="transfers"),
]

urlpatterns = [
    path("", companies.Companies.as_view(), name="companies"),
    path("health/", companies.health, name="health"),
    path("login/", LoginView.as_view(template_name="captable/login.html"), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("companies/new/", companies.NewCompany.as_view(), name="new-company"),
    path("companies/<int:company_id>/", include(of_company)),
]
