@org.jspecify.annotations.NullMarked
package dev.enclave.auditlog.merkle;
