resource "aws_ecr_repository" "this" {
  name = var.name
  image_scanning_configuration {
    scan_on_push = true
  }
}

resource "aws_ecs_cluster" "this" {
  name = var.name
  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_cloudwatch_log_group" "this" {
  for_each          = toset(["api", "worker", "traces"])
  name              = "/${var.name}/${each.key}"
  retention_in_days = 30
}

locals {
  settings = merge(var.settings, {
    PLATFORM_DATABASE_URL       = "postgresql://${aws_db_instance.this.username}@${aws_db_instance.this.endpoint}/${aws_db_instance.this.db_name}?sslmode=require"
    PLATFORM_PUBLIC_URL         = var.public_url
    FORWARDED_ALLOW_IPS         = join(",", aws_subnet.public[*].cidr_block)
    PLATFORM_WORKER_IN_PROCESS  = "false"
    OTEL_EXPORTER_OTLP_ENDPOINT = "http://127.0.0.1:4318"
  })

  tasks = {
    api    = { command = ["python", "-m", "cloud_api"], cpu = 512, memory = 1024 }
    worker = { command = ["python", "-m", "cloud_api", "worker"], cpu = 256, memory = 1024 }
  }

  # Takes traces from the container beside it and hands them to X-Ray.
  traces_settings = yamlencode({
    receivers  = { otlp = { protocols = { http = { endpoint = "127.0.0.1:4318" } } } }
    processors = { batch = {} }
    exporters  = { awsxray = { region = var.region } }
    service = { pipelines = { traces = {
      receivers = ["otlp"], processors = ["batch"], exporters = ["awsxray"]
    } } }
  })
}

resource "aws_ecs_task_definition" "this" {
  for_each                 = local.tasks
  family                   = "${var.name}-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = each.value.cpu
  memory                   = each.value.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn

  container_definitions = jsonencode([
    {
      name         = each.key
      image        = "${aws_ecr_repository.this.repository_url}:${var.image_tag}"
      command      = each.value.command
      essential    = true
      stopTimeout  = 40
      portMappings = each.key == "api" ? [{ containerPort = 8000 }] : []
      environment  = [for name, value in local.settings : { name = name, value = value }]
      secrets      = [for name, arn in local.secrets : { name = name, valueFrom = arn }]
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.this[each.key].name
          awslogs-region        = var.region
          awslogs-stream-prefix = each.key
        }
      }
    },
    {
      name        = "traces"
      image       = "public.ecr.aws/aws-observability/aws-otel-collector:v0.43.3"
      essential   = false
      environment = [{ name = "AOT_CONFIG_CONTENT", value = local.traces_settings }]
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.this["traces"].name
          awslogs-region        = var.region
          awslogs-stream-prefix = each.key
        }
      }
    },
  ])
}

resource "aws_ecs_service" "api" {
  name                              = "api"
  cluster                           = aws_ecs_cluster.this.id
  task_definition                   = aws_ecs_task_definition.this["api"].arn
  launch_type                       = "FARGATE"
  desired_count                     = var.replicas.min
  health_check_grace_period_seconds = 60
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }
  network_configuration {
    subnets          = aws_subnet.public[*].id
    security_groups  = [aws_security_group.tasks.id]
    assign_public_ip = true
  }
  load_balancer {
    target_group_arn = aws_lb_target_group.this.arn
    container_name   = "api"
    container_port   = 8000
  }
  depends_on = [aws_lb_listener.https]
  lifecycle {
    ignore_changes = [desired_count] # autoscaling's
  }
}

resource "aws_ecs_service" "worker" {
  name            = "worker"
  cluster         = aws_ecs_cluster.this.id
  task_definition = aws_ecs_task_definition.this["worker"].arn
  launch_type     = "FARGATE"
  desired_count   = 1
  network_configuration {
    subnets          = aws_subnet.public[*].id
    security_groups  = [aws_security_group.tasks.id]
    assign_public_ip = true
  }
}
