#include "workflow/expression/internal.h"

#include <string.h>

/* Recursive descent with one row an operator. Recursion happens only into parentheses, brackets and arguments, and its
 * depth is held to EXPRESSION_MAX_DEPTH like that of the tree. */

struct Expression {
  ExpressionNode *root;
};

typedef struct {
  const char *text;
  const GArray *tokens;
  guint next;
  unsigned nesting;
  const ExpressionNames *names;
} Parser;

typedef struct {
  ExpressionTokenKind token;
  ExpressionNodeKind node;
  unsigned precedence;
} Operator;

static const Operator operators[] = {
  {EXPRESSION_TOKEN_OR, EXPRESSION_NODE_OR, 1},           {EXPRESSION_TOKEN_AND, EXPRESSION_NODE_AND, 2},
  {EXPRESSION_TOKEN_EQUAL, EXPRESSION_NODE_EQUAL, 3},     {EXPRESSION_TOKEN_NOT_EQUAL, EXPRESSION_NODE_NOT_EQUAL, 3},
  {EXPRESSION_TOKEN_LESS, EXPRESSION_NODE_LESS, 4},       {EXPRESSION_TOKEN_LESS_EQUAL, EXPRESSION_NODE_LESS_EQUAL, 4},
  {EXPRESSION_TOKEN_GREATER, EXPRESSION_NODE_GREATER, 4}, {EXPRESSION_TOKEN_GREATER_EQUAL, EXPRESSION_NODE_GREATER_EQUAL, 4},
};

#define LOWEST_PRECEDENCE 1

static ExpressionNode *parse_expression(Parser *parser, GError **error);

/* --- tokens --- */

static const ExpressionToken *peek(const Parser *parser) {
  return &g_array_index(parser->tokens, ExpressionToken, parser->next);
}

static const ExpressionToken *advance(Parser *parser) {
  const ExpressionToken *token = peek(parser);
  parser->next += token->kind != EXPRESSION_TOKEN_END;
  return token;
}

static const ExpressionToken *accept(Parser *parser, ExpressionTokenKind kind) {
  return peek(parser)->kind == kind ? advance(parser) : NULL;
}

static void *fail_at(const Parser *parser, const ExpressionToken *token, const char *expected, GError **error) {
  g_autofree char *found =
    token->kind == EXPRESSION_TOKEN_END ? g_strdup("the end of the expression") : expression_excerpt(parser->text + token->start, token->length);
  expression_fail(error, EXPRESSION_ERROR_PARSING, token->start, "expected %s, found %s", expected, found);
  return NULL;
}

static bool expect(Parser *parser, ExpressionTokenKind kind, const char *expected, GError **error) {
  return accept(parser, kind) != NULL || fail_at(parser, peek(parser), expected, error) != NULL;
}

static bool fail_depth(size_t offset, GError **error) {
  return expression_fail(error, EXPRESSION_ERROR_PARSING, offset, "expected at most %d levels of nesting", EXPRESSION_MAX_DEPTH);
}

/* Gives `node` back, or frees it where it has grown too deep. */
static ExpressionNode *checked(ExpressionNode *node, GError **error) {
  if (node->depth <= EXPRESSION_MAX_DEPTH)
    return node;

  fail_depth(node->at, error);
  expression_node_free(node);
  return NULL;
}

/* --- operands --- */

static ExpressionNode *string_node(const Parser *parser, const ExpressionToken *token) {
  const char *text = parser->text + token->start + 1;
  size_t length = token->length - 2;
  g_autoptr(GString) unescaped = g_string_sized_new(length);

  for (size_t i = 0; i < length; i++) {
    g_string_append_c(unescaped, text[i]);
    i += text[i] == '\'';
  }
  ExpressionNode *node = expression_node_new(EXPRESSION_NODE_LITERAL, token->start, token->length);
  node->value = expression_value_string(unescaped->str, unescaped->len);
  return node;
}

static ExpressionNode *literal_node(const ExpressionToken *token, ExpressionValue value) {
  ExpressionNode *node = expression_node_new(EXPRESSION_NODE_LITERAL, token->start, token->length);
  node->value = value;
  return node;
}

static ExpressionNode *parse_context(Parser *parser, const ExpressionToken *token, GError **error) {
  g_autoptr(ExpressionNode) node = expression_node_new(EXPRESSION_NODE_CONTEXT, token->start, token->length);
  node->name = g_strndup(parser->text + token->start, token->length);

  if (!expression_check_context(parser->names, node, error))
    return NULL;
  return g_steal_pointer(&node);
}

/* --- calls --- */

static bool parse_arguments(Parser *parser, ExpressionNode *call, GError **error) {
  bool more = peek(parser)->kind != EXPRESSION_TOKEN_RIGHT_PAREN;

  while (more) {
    ExpressionNode *argument = parse_expression(parser, error);
    if (argument == NULL)
      return false;
    expression_node_adopt(call, argument);
    more = accept(parser, EXPRESSION_TOKEN_COMMA) != NULL;
  }
  call->end = peek(parser)->start + peek(parser)->length;
  return expect(parser, EXPRESSION_TOKEN_RIGHT_PAREN, "an operator, \",\" or \")\"", error);
}

static ExpressionNode *parse_call(Parser *parser, const ExpressionToken *name, GError **error) {
  g_autoptr(ExpressionNode) call = expression_node_new(EXPRESSION_NODE_CALL, name->start, name->length);
  call->name = g_strndup(parser->text + name->start, name->length);

  if (!parse_arguments(parser, call, error) || !expression_check_call(parser->names, call, error))
    return NULL;
  return checked(g_steal_pointer(&call), error);
}

static ExpressionNode *parse_group(Parser *parser, const ExpressionToken *open, GError **error) {
  g_autoptr(ExpressionNode) inner = parse_expression(parser, error);
  if (inner == NULL)
    return NULL;

  inner->start = open->start;
  inner->end = peek(parser)->start + peek(parser)->length;
  if (!expect(parser, EXPRESSION_TOKEN_RIGHT_PAREN, "an operator or \")\"", error))
    return NULL;
  return g_steal_pointer(&inner);
}

/* Sets `has_members` where `.` or `[` may follow. */
static ExpressionNode *parse_primary(Parser *parser, bool *has_members, GError **error) {
  const ExpressionToken *token = advance(parser);

  *has_members = token->kind == EXPRESSION_TOKEN_NAME || token->kind == EXPRESSION_TOKEN_LEFT_PAREN;
  switch (token->kind) {
  case EXPRESSION_TOKEN_NULL:
    return literal_node(token, (ExpressionValue){0});
  case EXPRESSION_TOKEN_TRUE:
  case EXPRESSION_TOKEN_FALSE:
    return literal_node(token, expression_value_boolean(token->kind == EXPRESSION_TOKEN_TRUE));
  case EXPRESSION_TOKEN_NUMBER:
    return literal_node(token, expression_value_number(token->number));
  case EXPRESSION_TOKEN_STRING:
    return string_node(parser, token);
  case EXPRESSION_TOKEN_LEFT_PAREN:
    return parse_group(parser, token, error);
  case EXPRESSION_TOKEN_NAME:
    return accept(parser, EXPRESSION_TOKEN_LEFT_PAREN) ? parse_call(parser, token, error) : parse_context(parser, token, error);
  default:
    return fail_at(parser, token, "a value", error);
  }
}

/* --- members --- */

static ExpressionNode *parse_property(Parser *parser, GError **error) {
  const ExpressionToken *token = advance(parser);

  if (token->kind == EXPRESSION_TOKEN_STAR)
    return expression_node_new(EXPRESSION_NODE_WILDCARD, token->start, token->length);
  if (token->kind == EXPRESSION_TOKEN_NAME)
    return literal_node(token, expression_value_string(parser->text + token->start, token->length));
  return fail_at(parser, token, "a name or \"*\" after \".\"", error);
}

static ExpressionNode *parse_subscript(Parser *parser, size_t *end, GError **error) {
  const ExpressionToken *star = accept(parser, EXPRESSION_TOKEN_STAR);
  g_autoptr(ExpressionNode) index = star ? expression_node_new(EXPRESSION_NODE_WILDCARD, star->start, star->length) : parse_expression(parser, error);
  if (index == NULL)
    return NULL;

  *end = peek(parser)->start + peek(parser)->length;
  if (!expect(parser, EXPRESSION_TOKEN_RIGHT_BRACKET, "an operator or \"]\"", error))
    return NULL;
  return g_steal_pointer(&index);
}

/* Takes `object`. */
static ExpressionNode *parse_member(Parser *parser, ExpressionNode *object, GError **error) {
  const ExpressionToken *token = advance(parser);
  g_autoptr(ExpressionNode) node = expression_node_new(EXPRESSION_NODE_INDEX, token->start, token->length);
  size_t end = node->end;

  expression_node_adopt(node, object);
  node->dotted = token->kind == EXPRESSION_TOKEN_DOT;
  ExpressionNode *index = node->dotted ? parse_property(parser, error) : parse_subscript(parser, &end, error);
  if (index == NULL)
    return NULL;
  expression_node_adopt(node, index);
  node->end = MAX(node->end, end);
  return checked(g_steal_pointer(&node), error);
}

static ExpressionNode *parse_postfix(Parser *parser, GError **error) {
  bool has_members = false;
  ExpressionNode *node = parse_primary(parser, &has_members, error);

  while (node != NULL && has_members) {
    ExpressionTokenKind next = peek(parser)->kind;
    if (next != EXPRESSION_TOKEN_DOT && next != EXPRESSION_TOKEN_LEFT_BRACKET)
      break;
    node = parse_member(parser, node, error);
  }
  return node;
}

/* --- operators --- */

static ExpressionNode *parse_unary(Parser *parser, GError **error) {
  guint first = parser->next;
  while (accept(parser, EXPRESSION_TOKEN_NOT) != NULL)
    ;
  guint past = parser->next;

  ExpressionNode *node = parse_postfix(parser, error);
  while (node != NULL && past-- > first) {
    const ExpressionToken *token = &g_array_index(parser->tokens, ExpressionToken, past);
    ExpressionNode *negation = expression_node_new(EXPRESSION_NODE_NOT, token->start, token->length);
    expression_node_adopt(negation, node);
    node = checked(negation, error);
  }
  return node;
}

static const Operator *next_operator(const Parser *parser, unsigned lowest) {
  if (peek(parser)->kind == EXPRESSION_TOKEN_END)
    return NULL;
  for (size_t i = 0; i < G_N_ELEMENTS(operators); i++) {
    if (operators[i].token == peek(parser)->kind)
      return operators[i].precedence >= lowest ? &operators[i] : NULL;
  }
  return NULL;
}

static ExpressionNode *combine(const Operator *operator, const ExpressionToken * token, ExpressionNode *left, ExpressionNode *right, GError **error) {
  ExpressionNode *node = expression_node_new(operator->node, token->start, token->length);
  expression_node_adopt_flat(node, left);
  expression_node_adopt_flat(node, right);
  return checked(node, error);
}

static ExpressionNode *parse_binary(Parser *parser, unsigned lowest, GError **error) {
  ExpressionNode *left = parse_unary(parser, error);

  while (left != NULL) {
    const Operator *operator= next_operator(parser, lowest);
    if (operator== NULL)
      break;
    const ExpressionToken *token = advance(parser);
    ExpressionNode *right = parse_binary(parser, operator->precedence + 1, error);
    if (right == NULL) {
      expression_node_free(left);
      return NULL;
    }
    left = combine(operator, token, left, right, error);
  }
  return left;
}

static ExpressionNode *parse_expression(Parser *parser, GError **error) {
  if (parser->nesting >= EXPRESSION_MAX_DEPTH) {
    fail_depth(peek(parser)->start, error);
    return NULL;
  }
  parser->nesting++;
  ExpressionNode *node = parse_binary(parser, LOWEST_PRECEDENCE, error);
  parser->nesting--;
  return node;
}

/* --- the public side --- */

Expression *expression_parse_named(const char *text, size_t length, const ExpressionNames *names, GError **error) {
  g_autoptr(GArray) tokens = expression_lex(text, length, error);
  if (tokens == NULL)
    return NULL;

  g_autoptr(Expression) expression = g_new0(Expression, 1);
  Parser parser = {.text = text, .tokens = tokens, .names = names};
  if (peek(&parser)->kind == EXPRESSION_TOKEN_END)
    return g_steal_pointer(&expression);

  expression->root = parse_expression(&parser, error);
  if (expression->root == NULL || !expect(&parser, EXPRESSION_TOKEN_END, "an operator or the end", error))
    return NULL;
  return g_steal_pointer(&expression);
}

Expression *expression_parse(const char *text, size_t length, GError **error) {
  return expression_parse_named(text, length, NULL, error);
}

void expression_free(Expression *expression) {
  if (expression == NULL)
    return;
  expression_node_free(expression->root);
  g_free(expression);
}

const ExpressionNode *expression_root(const Expression *expression) {
  return expression->root;
}

static bool is_no_status_function(const ExpressionNode *node, G_GNUC_UNUSED const ExpressionNode *parent, G_GNUC_UNUSED void *user) {
  static const char *const status_functions[] = {"success", "failure", "always", "cancelled"};

  for (size_t i = 0; i < G_N_ELEMENTS(status_functions); i++) {
    if (expression_node_calls(node, status_functions[i]))
      return false;
  }
  return true;
}

bool expression_uses_status_function(const Expression *expression) {
  return !expression_node_walk(expression->root, is_no_status_function, NULL);
}
