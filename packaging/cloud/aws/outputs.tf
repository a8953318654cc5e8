output "balancer" {
  description = "Where the domain's CNAME record must point."
  value       = aws_lb.this.dns_name
}

output "repository" {
  description = "Where the image is pushed to."
  value       = aws_ecr_repository.this.repository_url
}

output "cluster" {
  description = "The cluster, for aws ecs commands."
  value       = aws_ecs_cluster.this.name
}
