/**
 * A user's first day, as code that compiles and runs. What stands between {@code region} and {@code
 * endregion} is what README and docs show, word for word.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.testkit.firstday;
