/* Every rule: ROW(name) stands for `const Rule rule_name`. Correctness, then security, then policy, each by name. */
ROW(if_cond)
ROW(syntax_check)
