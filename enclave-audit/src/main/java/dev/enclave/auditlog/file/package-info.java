/** The lanes of a log as files, and who may write them. */
@org.jspecify.annotations.NullMarked
package dev.enclave.auditlog.file;
