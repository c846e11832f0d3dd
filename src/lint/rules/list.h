/* Every rule: ROW(name) stands for `const Rule rule_name`. Correctness, then security, then policy, each by name. */
ROW(events)
ROW(id)
ROW(if_cond)
ROW(job_needs)
ROW(parallel_steps)
ROW(permissions)
ROW(project_file)
ROW(require_commit_hash)
ROW(require_job_timeout)
ROW(required_actions)
ROW(syntax_check)

ROW(ignore)
