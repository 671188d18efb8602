/**
 * What every audit sink must do, as JUnit 5 interfaces. A sink's author implements {@link
 * dev.enclave.testkit.sink.AuditSinkContract} in one test class.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.testkit.sink;
