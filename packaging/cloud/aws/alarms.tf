resource "aws_sns_topic" "alarms" {
  name = "${var.name}-alarms"
}

resource "aws_sns_topic_subscription" "alarms" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.alarm_email
}

locals {
  balancer = { LoadBalancer = aws_lb.this.arn_suffix }
  target   = { LoadBalancer = aws_lb.this.arn_suffix, TargetGroup = aws_lb_target_group.this.arn_suffix }
  database = { DBInstanceIdentifier = aws_db_instance.this.identifier }
  worker   = { ClusterName = aws_ecs_cluster.this.name, ServiceName = aws_ecs_service.worker.name }

  # Each: namespace, metric, statistic, comparison, threshold, dimensions, minutes in a row.
  alarms = {
    errors         = ["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "Sum", ">", 10, local.target, 5]
    slow           = ["AWS/ApplicationELB", "TargetResponseTime", "p95", ">", 1, local.target, 10]
    no-replica     = ["AWS/ApplicationELB", "HealthyHostCount", "Minimum", "<", 1, local.target, 2]
    unanswered     = ["AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "Sum", ">", 10, local.balancer, 5]
    no-worker      = ["ECS/ContainerInsights", "RunningTaskCount", "Minimum", "<", 1, local.worker, 5]
    database-cpu   = ["AWS/RDS", "CPUUtilization", "Average", ">", 80, local.database, 10]
    database-full  = ["AWS/RDS", "FreeStorageSpace", "Minimum", "<", 2147483648, local.database, 5]
    database-users = ["AWS/RDS", "DatabaseConnections", "Maximum", ">", 70, local.database, 5]
  }
  comparisons = { ">" = "GreaterThanThreshold", "<" = "LessThanThreshold" }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each            = local.alarms
  alarm_name          = "${var.name}-${each.key}"
  namespace           = each.value[0]
  metric_name         = each.value[1]
  statistic           = startswith(each.value[2], "p") ? null : each.value[2]
  extended_statistic  = startswith(each.value[2], "p") ? each.value[2] : null
  comparison_operator = local.comparisons[each.value[3]]
  threshold           = each.value[4]
  dimensions          = each.value[5]
  evaluation_periods  = each.value[6]
  period              = 60
  treat_missing_data  = startswith(each.key, "no-") ? "breaching" : "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}
