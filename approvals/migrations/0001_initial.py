"""Proposals and signatures."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import approvals.models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Proposal",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("kind", models.CharField(max_length=40, verbose_name="kind of proposal")),
                ("content", models.JSONField(verbose_name="content of the proposal")),
                ("content_hash", models.CharField(max_length=64, verbose_name="hash of the content")),
                ("proposer_id", models.UUIDField(db_index=True, verbose_name="proposer")),
                (
                    "proposer_number",
                    models.CharField(max_length=32, verbose_name="staff number of the proposer"),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                ("expires_at", models.DateTimeField(verbose_name="expires at")),
                ("reason", models.UUIDField(blank=True, null=True, verbose_name="typed reason")),
                ("applied_at", models.DateTimeField(blank=True, null=True, verbose_name="carried out at")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at")),
            ],
            options={
                "verbose_name": "proposal",
                "verbose_name_plural": "proposals",
                "ordering": ("-proposed_at",),
                "default_permissions": ("view",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("applied_at__isnull", True), ("withdrawn_at__isnull", True), _connector="OR"
                        ),
                        name="a_proposal_is_not_both_applied_and_withdrawn",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("proposed_at"))),
                        name="a_proposal_expires_after_it_is_made",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seat", models.CharField(max_length=40, verbose_name="seat")),
                ("signer_id", models.UUIDField(db_index=True, verbose_name="signer")),
                ("signer_number", models.CharField(max_length=32, verbose_name="staff number of the signer")),
                (
                    "answer",
                    models.CharField(choices=approvals.models.answers, max_length=8, verbose_name="answer"),
                ),
                ("reason", models.UUIDField(blank=True, null=True, verbose_name="typed reason")),
                ("content_hash", models.CharField(max_length=64, verbose_name="hash of the content")),
                ("at", models.DateTimeField(verbose_name="signed at")),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="approvals.proposal",
                        verbose_name="proposal",
                    ),
                ),
            ],
            options={
                "verbose_name": "signature",
                "verbose_name_plural": "signatures",
                "ordering": ("at",),
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=("proposal", "seat"), name="a_seat_is_signed_once"),
                    models.UniqueConstraint(
                        fields=("proposal", "signer_id"), name="a_person_signs_a_proposal_once"
                    ),
                ],
            },
        ),
    ]
