"""What we ask of Shopify, as GraphQL. Only fields that version 2026-07 has; the tests hold each document against it.

`mergeable` is asked for in `MERGE_PROGRESS` alone: it takes a permission of its own, and a customer must be readable
without it. The link is the one metafield that the settings may name.
"""

from __future__ import annotations

_LINK_VARIABLES = '$withLink: Boolean = false, $linkNamespace: String = "", $linkKey: String = ""'

_CUSTOMER = """
fragment CustomerFacts on Customer {
  id
  firstName
  lastName
  createdAt
  updatedAt
  tags
  defaultPhoneNumber { phoneNumber }
  defaultEmailAddress { emailAddress }
  link: metafield(namespace: $linkNamespace, key: $linkKey) @include(if: $withLink) { type value compareDigest }
}
"""

_ORDER = """
fragment OrderFacts on Order {
  id
  name
  sourceName
  sourceIdentifier
  processedAt
  cancelledAt
  displayFinancialStatus
  taxesIncluded
  totalPriceSet { shopMoney { amount } }
  subtotalPriceSet { shopMoney { amount } }
  totalRefundedSet { shopMoney { amount } }
  retailLocation { name }
  customer { id }
  refunds(first: 10) {
    id
    createdAt
    processedAt
    totalRefundedSet { shopMoney { amount } }
  }
}
"""

IDENTIFY = """
query Identify {
  shop { name myshopifyDomain }
  currentAppInstallation { accessScopes { handle } }
}
"""

LOCATIONS = """
query Locations($first: Int!, $after: String) {
  locations(first: $first, after: $after, includeInactive: true) {
    nodes { id name isActive }
    pageInfo { hasNextPage endCursor }
  }
}
"""

FIND_CUSTOMER = f"""
query FindCustomer($identifier: CustomerIdentifierInput!, {_LINK_VARIABLES}) {{
  customerByIdentifier(identifier: $identifier) {{ ...CustomerFacts }}
}}
{_CUSTOMER}"""

CUSTOMER = f"""
query OneCustomer($id: ID!, {_LINK_VARIABLES}) {{
  customer(id: $id) {{ ...CustomerFacts }}
}}
{_CUSTOMER}"""

CUSTOMERS_NAMED = f"""
query CustomersNamed($query: String!, $first: Int!, $after: String, {_LINK_VARIABLES}) {{
  customers(query: $query, first: $first, after: $after) {{
    nodes {{ ...CustomerFacts }}
    pageInfo {{ hasNextPage endCursor }}
  }}
}}
{_CUSTOMER}"""

ORDERS_OF_CUSTOMER = f"""
query OrdersOfCustomer($id: ID!, $query: String!, $first: Int!, $after: String) {{
  customer(id: $id) {{
    orders(query: $query, first: $first, after: $after, sortKey: PROCESSED_AT) {{
      nodes {{ ...OrderFacts }}
      pageInfo {{ hasNextPage endCursor }}
    }}
  }}
}}
{_ORDER}"""

ORDER = f"""
query OneOrder($id: ID!) {{
  order(id: $id) {{ ...OrderFacts }}
}}
{_ORDER}"""

ORDERS_NUMBERED = f"""
query OrdersNumbered($query: String!, $first: Int!) {{
  orders(query: $query, first: $first) {{
    nodes {{ ...OrderFacts }}
  }}
}}
{_ORDER}"""

CHANGE_CONTACT = """
mutation ChangeContact($input: CustomerInput!) {
  customerUpdate(input: $input) {
    customer {
      id
      defaultPhoneNumber { phoneNumber }
      defaultEmailAddress { emailAddress }
    }
    userErrors { field message }
  }
}
"""

STORE_LINK = """
mutation StoreLink($metafields: [MetafieldsSetInput!]!) {
  metafieldsSet(metafields: $metafields) {
    metafields { namespace key value }
    userErrors { field message code }
  }
}
"""

CLEAR_LINK = """
mutation ClearLink($metafields: [MetafieldIdentifierInput!]!) {
  metafieldsDelete(metafields: $metafields) {
    deletedMetafields { ownerId namespace key }
    userErrors { field message }
  }
}
"""

ATTACH_ORDER = """
mutation AttachOrder($orderId: ID!, $customerId: ID!) {
  orderCustomerSet(orderId: $orderId, customerId: $customerId) {
    order { id customer { id } }
    userErrors { field message code }
  }
}
"""

PREVIEW_MERGE = """
query PreviewMerge($one: ID!, $two: ID!, $overrides: CustomerMergeOverrideFields) {
  customerMergePreview(customerOneId: $one, customerTwoId: $two, overrideFields: $overrides) {
    resultingCustomerId
    customerMergeErrors { errorFields message }
    blockingFields { note tags }
    defaultFields {
      firstName
      lastName
      phoneNumber { phoneNumber }
      email { emailAddress }
    }
    alternateFields {
      firstName
      lastName
      phoneNumber { phoneNumber }
      email { emailAddress }
    }
  }
}
"""

MERGE = """
mutation Merge($one: ID!, $two: ID!, $overrides: CustomerMergeOverrideFields) {
  customerMerge(customerOneId: $one, customerTwoId: $two, overrideFields: $overrides) {
    resultingCustomerId
    job { id done }
    userErrors { field message code }
  }
}
"""

MERGE_STATUS = """
query MergeStatus($jobId: ID!) {
  customerMergeJobStatus(jobId: $jobId) {
    jobId
    status
    resultingCustomerId
    customerMergeErrors { errorFields message }
  }
}
"""

MERGE_PROGRESS = """
query MergeProgress($survivor: ID!, $absorbed: ID!) {
  survivor: customer(id: $survivor) { id }
  absorbed: customer(id: $absorbed) {
    id
    mergeable { mergeInProgress { jobId status } }
  }
}
"""
