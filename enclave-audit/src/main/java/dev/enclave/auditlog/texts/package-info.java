/** What the audit log says. */
@org.jspecify.annotations.NullMarked
package dev.enclave.auditlog.texts;
