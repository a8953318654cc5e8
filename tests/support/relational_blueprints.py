"""Blueprints with every construct that means something to the database."""

BAKERY = """
blueprint: 1
name: Bakery
currency: EUR
time_zone: Europe/Berlin
accounts: {sign_up: open, roles: [customer, baker], default_role: customer}
entities:
  Cake:
    description: What the bakery's window shows
    fields:
      name: {type: string, max: 80, search: true}
      flavour: {type: enum, values: [chocolate, lemon, carrot], filter: true}
      price: {type: money, min: 0.01, sort: true}
      stock: {type: integer, min: 0}
      picture: {type: file, optional: true, accept: [image/png, image/jpeg], max_size: 5MB}
      code: {type: string, max: 20, pattern: "[A-Z]{2}-[0-9]+", unique: true}
      sizes: {type: list, of: string, max: 3, default: []}
      rating: {type: decimal, places: 2, derived: avg(reviews.stars)}
      best: {type: integer, derived: max(reviews.stars)}
    relations: {reviews: {many: Review}}
    access: {list: public, read: public, create: baker, update: baker, delete: baker}
  Review:
    owner: author
    fields: {stars: {type: integer, in: [1, 2, 3, 4, 5]}}
    relations: {author: {to: User}, cake: {to: Cake, on_delete: cascade}}
    access: {list: public, read: public, create: authenticated, update: owner, delete: owner}
  Order:
    owner: customer
    fields:
      note: {type: text, max: 500, optional: true}
      total: {type: money, derived: sum(lines.amount), never_below: 0}
      tip: {type: money, default: 0.25}
      gross: {type: money, computed: tip * 1.19}
      many: {type: integer, derived: "count(lines, where=quantity > 1)"}
    relations: {customer: {to: User}, lines: {many: OrderLine}}
    states:
      initial: cart
      transitions:
        place: {from: cart, to: placed, by: owner}
        cancel: {from: placed, to: cancelled, by: owner}
    access: {list: owner, read: owner, create: authenticated, update: owner, delete: owner}
  OrderLine:
    part_of: order
    fields:
      quantity: {type: integer, min: 1, max: 50}
      unit_price: {type: money, copied_from: cake.price}
      amount: {type: money, computed: quantity * unit_price}
    relations: {order: {to: Order}, cake: {to: Cake, on_delete: restrict}}
    rules:
      - {unique: [order, cake]}
      - {check: "order.status == 'cart'", message: "the order is placed"}
      - {at_most: 3, per: order}
"""

CLINICS = """
name: Clinics
tenancy: {tenant: Clinic, through: Staff, user: user, role: role, creator_role: manager}
entities:
  Clinic:
    fields: {name: {type: string, max: 120}}
    access: {list: member, read: member, create: authenticated, update: member, delete: member}
  Staff:
    plural: staff_members
    fields:
      role:
        type: enum
        values: [dentist, receptionist, manager]
        default: receptionist
        editable_by: "member:manager"
    relations: {user: {to: User}}
    rules: [{unique: [user]}]
    access: {list: member, read: member, create: member, update: member, delete: member}
  Patient:
    fields:
      name: {type: string, max: 120, search: true}
      insurance_no: {type: string, unique: true, max: 20}
      credit: {type: money, derived: sum(bookings.amount), never_below: 0}
    relations:
      bookings: {many: Booking}
      first_booking: {to: Booking, optional: true, on_delete: set null}  # a circle of tables
    access: {list: member, read: member, create: member, update: member, delete: member}
  Booking:
    append_only: true
    fields: {amount: {type: money, nonzero: true}}
    relations: {patient: {to: Patient}}
    access: {list: member, read: member, create: member}
  Appointment:
    fields: {starts_at: datetime, ends_at: datetime}
    relations:
      patient: {to: Patient, on_delete: restrict}
      dentist: {to: Staff, where: "role == 'dentist'", on_delete: restrict}
    states:
      initial: booked
      transitions: {cancel: {from: booked, to: cancelled, by: member}}
    rules:
      - {no_overlap: [starts_at, ends_at], per: dentist, unless: "status == 'cancelled'"}
      - {at_most: 3, per: patient, where: "status == 'booked'"}
    access: {list: member, read: member, create: member, update: member, delete: member}
"""

SCHOOL = """
name: School
time_zone: Europe/Berlin
entities:
  Course:
    fields:
      title: {type: string, max: 60}
      seats: {type: integer, min: 0}
      closed: {type: boolean, default: false}
      opens_at: {type: datetime, optional: true}
      places_taken: {type: integer, derived: count(enrolments)}
    relations: {enrolments: {many: Enrolment}, topics: {links: Topic}}
    rules:
      - {at_most: 2, where: "closed"}
    access: {list: public, read: public, create: public, update: public, delete: public}
  Topic:
    fields: {name: {type: slug, unique: true}}
    relations: {related: {links: Topic}}
    access: {list: public, read: public, create: public, update: public, delete: public}
  Enrolment:
    fields: {note: {type: string, optional: true}, paid: {type: boolean, default: false}}
    relations:
      course: {to: Course}
      student: {to: User}
      friend: {to: Enrolment, optional: true, same: course, on_delete: set null}
    rules:
      - {unique: [course, student]}
      - {at_most: course.seats, per: course, message: "the course is full"}
      - {check: "not course.closed", on: create, message: "the course is closed"}
    access: {list: public, read: public, create: public, update: public, delete: public}
  Lesson:
    fields:
      on_day: date
      room: {type: string, max: 20}
      begins: datetime
      ends: datetime
    relations: {course: {to: Course, on_delete: cascade}}
    rules:
      - {no_overlap: [begins, ends], per: [course]}
      - {check: "on_day >= today()", on: create, id: not_past}
      - {check: "not course.closed", on: create}
    access: {list: public, read: public, create: public, update: public, delete: public}
"""

PROJECTS = """
name: Projects
entities:
  Portfolio:
    fields:
      closed: {type: boolean, default: false}
      hours: {type: decimal, derived: sum(projects.hours)}
      finished: {type: integer, derived: "count(projects, where=open_tasks == 0)"}
    relations: {projects: {many: Project}}
    access: {list: public, read: public, create: public, update: public, delete: public}
  Project:
    fields:
      name: {type: string, optional: true}
      hours: {type: decimal, derived: sum(tasks.hours)}
      rounded_hours: {type: decimal, places: 1, derived: sum(tasks.hours)}
      cost: {type: money, derived: sum(tasks.cost)}
      minutes: {type: integer, derived: sum(tasks.minutes)}
      open_tasks: {type: integer, derived: "count(tasks, where=not done)"}
      mean: {type: decimal, places: 3, derived: avg(tasks.hours)}
      first_due: {type: date, derived: min(tasks.due_on)}
      last_due: {type: date, derived: "max(tasks.due_on, where=not done)"}
    relations:
      portfolio: {to: Portfolio, optional: true, on_delete: cascade}
      tasks: {many: Task}
    rules: [{check: "portfolio is None or not portfolio.closed"}]
    access: {list: public, read: public, create: public, update: public, delete: public}
  Task:
    fields:
      hours: {type: decimal, min: 0, max: 1000}
      rate: {type: money, min: 0, max: 1000}
      cost: {type: money, computed: hours * rate}
      done: {type: boolean, default: false}
      due_on: {type: date, optional: true}
      minutes: {type: integer, derived: sum(entries.minutes)}
    relations:
      project: {to: Project, optional: true, on_delete: set null}
      entries: {many: Entry}
    rules: [{check: "project is None or coalesce(project.name, '') != 'done'", on: create}]
    access: {list: public, read: public, create: public, update: public, delete: public}
  Entry:
    part_of: task
    fields: {minutes: {type: integer, min: -1000, max: 1000}}
    relations: {task: {to: Task}}
"""
