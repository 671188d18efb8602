/**
 * What every backend must do, as JUnit 5 interfaces. A backend's author implements {@link
 * dev.enclave.testkit.contract.BackendContract} in one test class and hands it a {@link
 * dev.enclave.testkit.BackendHarness}.
 *
 * <p>Contracts call the service-provider interface directly, repeat attempts as the engine would,
 * and check every signature by its public key. A trait that is not expected is asserted to be
 * absent; no test is ever skipped.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.testkit.contract;
