ephemeral "aws_secretsmanager_random_password" "database" {
  password_length     = 40
  exclude_punctuation = true
}

ephemeral "aws_secretsmanager_random_password" "platform" {
  password_length     = 64
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret" "database_password" {
  name = "${var.name}/database-password"
}

resource "aws_secretsmanager_secret_version" "database_password" {
  secret_id                = aws_secretsmanager_secret.database_password.id
  secret_string_wo         = ephemeral.aws_secretsmanager_random_password.database.random_password
  secret_string_wo_version = 1
}

# All keys of the service are derived from it: a lost one loses the stored keys of providers.
resource "aws_secretsmanager_secret" "platform_key" {
  name                    = "${var.name}/platform-secret-key"
  recovery_window_in_days = 30
}

resource "aws_secretsmanager_secret_version" "platform_key" {
  secret_id                = aws_secretsmanager_secret.platform_key.id
  secret_string_wo         = ephemeral.aws_secretsmanager_random_password.platform.random_password
  secret_string_wo_version = 1
}

locals {
  # libpq takes the password from PGPASSWORD, so the address itself holds no secret.
  secrets = merge(var.secret_settings, {
    PGPASSWORD          = aws_secretsmanager_secret.database_password.arn
    PLATFORM_SECRET_KEY = aws_secretsmanager_secret.platform_key.arn
  })
}
