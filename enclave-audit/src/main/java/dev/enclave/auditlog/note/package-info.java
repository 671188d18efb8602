/** Signed notes, as {@code c2sp.org/signed-note} describes them. */
@org.jspecify.annotations.NullMarked
package dev.enclave.auditlog.note;
