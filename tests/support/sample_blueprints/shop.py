"""A Blueprint with something of everything, one thing a line: the tests break it in many ways."""

SHOP = """\
blueprint: 1
name: Shop
currency: EUR
time_zone: Europe/Berlin
accounts:
  roles: [customer, clerk]
  default_role: customer
entities:
  User:
    fields:
      nickname: {type: string, optional: true}
  Club:
    owner: founder
    fields:
      name: {type: slug, unique: true}
      picture: {type: file, accept: [image/png], max_size: 2MB}
    relations:
      founder: {to: User}
    members:
      through: Membership
      user: user
      role: role
      join: open
    access: {list: public, read: public, create: authenticated, update: owner, delete: owner}
  Membership:
    place: club
    owner: user
    fields:
      role:
        type: enum
        values: [reader, editor]
        default: reader
        editable_by: club.owner
    relations:
      club: {to: Club}
      user: {to: User}
    rules:
      - {unique: [club, user]}
    access: {list: member, read: member, create: authenticated, update: club.owner, delete: owner}
  Product:
    fields:
      title: {type: string, max: 80}
      price: {type: money, min: 0.01}
      weight: {type: decimal, places: 3, optional: true}
      stock: {type: integer, min: 0, max: 1000}
      sold_on: {type: date, default: today() + days(14)}
      opens: {type: time, optional: true}
      lasts: {type: duration, optional: true, max: PT36H}
      code: {type: string, pattern: "[A-Z]{2}[0-9]+"}
      path: {type: slug, default: slug(title)}
      labels: {type: list, of: string, max: 5}
      rank: {type: integer, in: [1, 2, 3], default: 1}
      rating: {type: decimal, derived: avg(reviews.stars)}
    relations:
      reviews: {many: Review}
      tags: {links: Tag}
      parent: {to: Product, optional: true, on_delete: set null}
    access: {list: public, read: public, create: clerk, update: clerk, delete: clerk}
  Tag:
    fields:
      name: {type: string, unique: true}
    access: {list: public, read: public, create: clerk, update: clerk, delete: clerk}
  Review:
    owner: author
    fields:
      stars: {type: integer, min: 1, max: 5}
      text: {type: text, optional: true}
    relations:
      product: {to: Product}
      author: {to: User}
    rules:
      - unique: [product, author]
    access: {list: public, read: public, create: customer, update: owner, delete: owner}
  Order:
    owner: buyer
    fields:
      due_at: datetime
      total: {type: money, derived: sum(lines.amount)}
      note: {type: string, optional: true}
    relations:
      buyer: {to: User}
      lines: {many: OrderLine}
    states:
      initial: cart
      transitions:
        place:
          from: cart
          to: placed
          by: owner
          require: count(lines) > 0
          effects:
            - each: lines as line
              decrease: line.product.stock
              by: line.quantity
              else: not enough {line.product.title}
        cancel:
          from: [cart, placed]
          to: cancelled
          by: [owner, clerk]
          effects:
            - {email: cancelled, to: buyer.email}
    rules:
      - editable_while: status == 'cart'
    access:
      list: [owner, clerk]
      read: [owner, clerk]
      create: authenticated
      update: owner
      delete: owner
  OrderLine:
    part_of: order
    fields:
      quantity: {type: integer, min: 1, max: 50}
      unit_price: {type: money, copied_from: product.price}
      amount: {type: money, computed: quantity * unit_price}
    relations:
      order: {to: Order}
      product: {to: Product}
    rules:
      - unique: [order, product]
  Room:
    fields:
      seats: {type: integer, min: 1}
    access: {list: public, read: public, create: clerk, update: clerk, delete: clerk}
  Booking:
    owner: guest
    fields:
      starts_at: datetime
      ends_at: datetime
      kind: {type: enum, values: [short, long]}
    relations:
      room: {to: Room}
      guest: {to: User}
    rules:
      - check: ends_at > starts_at
      - no_overlap: [starts_at, ends_at]
        per: room
      - at_most: room.seats
        per: room
    access: {list: owner, read: owner, create: authenticated, update: owner, delete: owner}
operations:
  restock:
    by: clerk
    input:
      product: {ref: Product}
      amount: {type: integer, min: 1}
    require: amount_fits
    effects:
      - increase: product.stock
        by: input.amount
    returns: product
reports:
  turnover:
    of: Order
    where: status == 'placed'
    sum: total
    per: [day(due_at), buyer]
    period: due_at
    by: clerk
feeds:
  cheap:
    of: Product
    where: price < 5
    sort: [-price]
    by: public
jobs:
  tidy:
    every: day at 03:00
    of: Order
    where: status == 'cart' and created_at < now() - days(7)
    effects:
      - delete: row
emails:
  cancelled:
    subject: Your order was cancelled
    text: It was due at {due_at}.
""".replace("amount_fits", "input.amount < 500")
