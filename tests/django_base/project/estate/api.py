"""The same by Django REST framework."""

from rest_framework import serializers, viewsets
from rest_framework.authentication import BasicAuthentication
from rest_framework.response import Response
from rest_framework.views import APIView

from django_base.views import from_url
from django_base.views.rest import DeclaredAPI

from .models import Firm, Folder, Paper, Partner
from .rules import HasRole, IsPartner, is_editor, is_open


class PaperSerializer(serializers.ModelSerializer):
    class Meta:
        model = Paper
        fields = ("id", "folder", "title")


class ItemSerializer(serializers.Serializer):
    keeper = serializers.PrimaryKeyRelatedField(queryset=Partner.objects.all())
    folder = serializers.SlugRelatedField(
        slug_field="number", queryset=Folder.objects.all(), required=False
    )


class BundleSerializer(serializers.Serializer):
    papers = serializers.PrimaryKeyRelatedField(queryset=Paper.objects.all(), many=True)
    items = ItemSerializer(many=True, required=False)


class Papers(DeclaredAPI, viewsets.ModelViewSet):
    entity = from_url("firm_id", Firm)
    reach = IsPartner
    authentication_classes = (BasicAuthentication,)
    serializer_class = PaperSerializer
    url = {"pk": Paper}  # noqa: RUF012
    body = {"create": PaperSerializer}  # noqa: RUF012
    permission = {  # noqa: RUF012
        "list": IsPartner,
        "retrieve": IsPartner,
        "create": HasRole("editor"),
    }

    def get_queryset(self):
        return self.admission.own(Paper.objects.order_by("title"))


class Bundles(DeclaredAPI, APIView):
    entity = from_url("firm_id", Firm)
    reach = IsPartner
    permission = {"POST": IsPartner}  # noqa: RUF012
    body = BundleSerializer

    def post(self, request, firm_id):
        serializer = self.admission.bind()
        serializer.is_valid(raise_exception=True)
        return Response([paper.title for paper in serializer.validated_data["papers"]])


class KeptBundles(Bundles):
    permission = is_editor.on("items.keeper")


class OpenFolders(DeclaredAPI, APIView):
    entity = from_url("firm_id", Firm)
    reach = IsPartner
    permission = IsPartner

    def get(self, request, firm_id):
        folders = self.admission.allowed(Folder.objects.order_by("pk"), is_open)
        return Response([folder.pk for folder in folders])
