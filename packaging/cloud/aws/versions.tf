terraform {
  required_version = ">= 1.11"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
  # Keep the state where the team can reach it: backend "s3" {} and terraform init -backend-config=...
}

provider "aws" {
  region = var.region
  default_tags {
    tags = { application = var.name }
  }
}
