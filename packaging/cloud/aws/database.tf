# The password is made once and written to the database and to the secret store; it is never in the
# state. To change it, raise password_wo_version here and secret_string_wo_version in secrets.tf.

resource "aws_db_subnet_group" "this" {
  name       = var.name
  subnet_ids = aws_subnet.database[*].id
}

resource "aws_db_instance" "this" {
  identifier                = var.name
  engine                    = "postgres"
  engine_version            = "18"
  instance_class            = var.database_class
  allocated_storage         = 20
  max_allocated_storage     = 100
  storage_type              = "gp3"
  storage_encrypted         = true
  db_name                   = "cloud"
  username                  = "cloud"
  password_wo               = ephemeral.aws_secretsmanager_random_password.database.random_password
  password_wo_version       = 1
  db_subnet_group_name      = aws_db_subnet_group.this.name
  vpc_security_group_ids    = [aws_security_group.database.id]
  multi_az                  = var.database_multi_az
  backup_retention_period   = var.backup_days
  backup_window             = "02:00-02:30"
  maintenance_window        = "sun:03:30-sun:04:00"
  copy_tags_to_snapshot     = true
  deletion_protection       = true
  skip_final_snapshot       = false
  final_snapshot_identifier = "${var.name}-final"
}
