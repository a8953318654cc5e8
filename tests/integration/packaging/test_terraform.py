"""The Terraform files: formatted, valid; in the full tier also applied, on a stand-in for AWS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from terraforming import ask_aws, stand_in_for_aws, terraform_in


def test_the_files_are_formatted_and_valid(tmp_path: Path) -> None:
    terraform = terraform_in(tmp_path)
    assert terraform.run("fmt", "-check", "-diff").stdout == ""
    verdict = json.loads(terraform.run("validate", "-json").stdout)
    assert (verdict["valid"], verdict["diagnostics"]) == (True, [])


@pytest.mark.full
def test_what_is_misspelt_is_noticed(tmp_path: Path) -> None:
    terraform = terraform_in(tmp_path)
    (tmp_path / "aws" / "wrong.tf").write_text('resource "aws_lb" "x" { nam = "y" }\n')
    wrong = terraform.run("validate", "-json", may_fail=True)
    assert json.loads(wrong.stdout)["valid"] is False


FORGOTTEN = {"availability_zone_rebalancing", "health_check_grace_period_seconds", "tags_all"}
"""Attributes of ECS services and of what scales that the stand-in takes and does not keep."""


def changes(plan: dict[str, Any]) -> set[tuple[str, str]]:
    """Addresses and attributes that a plan would change; all of a resource to make or remove."""
    found = set()
    for one in plan["resource_changes"]:
        before, after = one["change"]["before"] or {}, one["change"]["after"] or {}
        names = before.keys() | after.keys()
        found |= {(one["address"], n) for n in names if before.get(n) != after.get(n)}
    return found


@pytest.mark.full
def test_they_can_be_applied_once_and_for_all(tmp_path: Path) -> None:
    """All is made, a second plan would change nothing, and no secret is in the state."""
    with stand_in_for_aws() as aws:
        terraform = terraform_in(tmp_path, aws)
        certificate = ask_aws(
            aws, "acm", "CertificateManager.RequestCertificate", {"DomainName": "cloud.example.com"}
        )
        variables = [
            "-input=false",
            "-var=public_url=https://cloud.example.com",
            f"-var=certificate_arn={certificate['CertificateArn']}",
            "-var=alarm_email=operator@example.com",
        ]
        terraform.run("apply", "-auto-approve", *variables)
        terraform.run("plan", "-out=again", *variables)
        again = json.loads(terraform.run("show", "-json", "again").stdout)
        assert {one for one in changes(again) if one[1] not in FORGOTTEN} == set()
        outputs = json.loads(terraform.run("output", "-json").stdout)
        assert outputs["balancer"]["value"].endswith(".amazonaws.com")
        state = (tmp_path / "aws" / "terraform.tfstate").read_text()
        for name in ("database-password", "platform-secret-key"):
            secret = ask_aws(
                aws,
                "secretsmanager",
                "secretsmanager.GetSecretValue",
                {"SecretId": f"backend-generator/{name}"},
            )
            assert len(str(secret["SecretString"])) >= 40
            assert str(secret["SecretString"]) not in state
        definition = ask_aws(
            aws,
            "ecs",
            "AmazonEC2ContainerServiceV20141113.DescribeTaskDefinition",
            {"taskDefinition": "backend-generator-api"},
        )
        text = json.dumps(definition)
        assert "PLATFORM_SECRET_KEY" in text
        assert "postgresql://cloud@" in text
