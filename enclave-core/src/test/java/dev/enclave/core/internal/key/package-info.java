/** Tests of what is done with keys and backends. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.key;
