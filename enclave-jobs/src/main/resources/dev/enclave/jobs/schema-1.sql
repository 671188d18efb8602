-- Deferred operations of Enclave, schema 1. For PostgreSQL, and for H2 in its PostgreSQL mode.
CREATE SEQUENCE IF NOT EXISTS enclave_operation_seq;

CREATE TABLE IF NOT EXISTS enclave_operation (
  id              VARCHAR(64) PRIMARY KEY,
  deployment      VARCHAR(128) NOT NULL,
  ordering_group  VARCHAR(64) NOT NULL,
  seq             BIGINT NOT NULL,
  kind            VARCHAR(16) NOT NULL,
  caller          VARCHAR(128) NOT NULL,
  key_name        VARCHAR(64) NOT NULL,
  key_handle      VARCHAR(8192) NOT NULL,
  content         BYTEA NOT NULL,
  confidential    BOOLEAN NOT NULL,
  idempotency_key VARCHAR(128),
  state           VARCHAR(16) NOT NULL,
  fence           BIGINT NOT NULL,
  attempts        INTEGER NOT NULL,
  submitted_at    TIMESTAMP WITH TIME ZONE NOT NULL,
  expires_at      TIMESTAMP WITH TIME ZONE NOT NULL,
  next_attempt    TIMESTAMP WITH TIME ZONE NOT NULL,
  lease_until     TIMESTAMP WITH TIME ZONE NOT NULL,
  error           VARCHAR(64),
  result          VARCHAR(65536),
  mac             BYTEA NOT NULL
);

CREATE UNIQUE INDEX IF NOT EXISTS enclave_operation_once ON enclave_operation (deployment, idempotency_key);

CREATE INDEX IF NOT EXISTS enclave_operation_group ON enclave_operation (ordering_group, state, seq);

CREATE INDEX IF NOT EXISTS enclave_operation_expiry ON enclave_operation (state, expires_at);

-- One row a deployment: the key that authenticates and encrypts its operations, sealed by the KEK.
CREATE TABLE IF NOT EXISTS enclave_operation_key (
  deployment VARCHAR(128) PRIMARY KEY,
  sealed_key BYTEA NOT NULL
);

-- What db-scheduler 15.6 keeps: when which key's operations are looked at next.
CREATE TABLE IF NOT EXISTS enclave_scheduled_task (
  task_name            VARCHAR(64) NOT NULL,
  task_instance        VARCHAR(64) NOT NULL,
  task_data            BYTEA,
  execution_time       TIMESTAMP WITH TIME ZONE NOT NULL,
  picked               BOOLEAN NOT NULL,
  picked_by            VARCHAR(256),
  last_success         TIMESTAMP WITH TIME ZONE,
  last_failure         TIMESTAMP WITH TIME ZONE,
  consecutive_failures INTEGER,
  last_heartbeat       TIMESTAMP WITH TIME ZONE,
  version              BIGINT NOT NULL,
  PRIMARY KEY (task_name, task_instance)
);

CREATE INDEX IF NOT EXISTS enclave_scheduled_task_due ON enclave_scheduled_task (execution_time);

CREATE INDEX IF NOT EXISTS enclave_scheduled_task_alive ON enclave_scheduled_task (last_heartbeat);

-- Which scripts have run. The next one begins where this one ends.
CREATE TABLE IF NOT EXISTS enclave_schema (
  version INTEGER PRIMARY KEY
);

INSERT INTO enclave_schema (version) VALUES (1) ON CONFLICT DO NOTHING;
