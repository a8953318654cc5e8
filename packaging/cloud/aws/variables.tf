variable "region" {
  description = "Where everything runs."
  type        = string
  default     = "eu-central-1"
}

variable "name" {
  description = "Names and tags all resources; two installations in one account need two names."
  type        = string
  default     = "backend-generator"
}

variable "public_url" {
  description = "Where clients reach the cloud, such as https://cloud.example.com."
  type        = string
  validation {
    condition     = startswith(var.public_url, "https://")
    error_message = "The public address must begin with https://."
  }
}

variable "certificate_arn" {
  description = "The certificate of that domain, in ACM of the same region."
  type        = string
}

variable "image_tag" {
  description = "The tag of the image in the repository that this makes."
  type        = string
  default     = "latest"
}

variable "alarm_email" {
  description = "Who is told of alarms; the address gets a mail to confirm."
  type        = string
}

variable "replicas" {
  description = "The fewest and the most tasks that answer requests."
  type        = object({ min = number, max = number })
  default     = { min = 2, max = 6 }
}

variable "database_class" {
  description = "The size of the database."
  type        = string
  default     = "db.t4g.micro"
}

variable "database_multi_az" {
  description = "Whether a second database stands by in another zone; it doubles the database's price."
  type        = bool
  default     = false
}

variable "backup_days" {
  description = "How many days back the database can be restored to any moment."
  type        = number
  default     = 14
}

variable "settings" {
  description = "Further settings, by environment variable: CORS_ORIGINS, MAIL_FROM and so on."
  type        = map(string)
  default     = {}
}

variable "secret_settings" {
  description = "ARNs of further secrets, by environment variable: SMTP_URL, GOOGLE_API_KEY and so on."
  type        = map(string)
  default     = {}
}
