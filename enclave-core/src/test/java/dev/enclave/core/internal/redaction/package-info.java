@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.redaction;
