/**
 * Recorded environments: what platforms show a process of themselves, as data files, and what must
 * come of it. For tests of detection, and for {@link
 * dev.enclave.testkit.environments.RecordedEnvironment}, by which users test where their own
 * configuration would land.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.testkit.environments;
