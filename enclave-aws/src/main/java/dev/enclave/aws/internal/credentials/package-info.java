/** Where credentials come from: platforms, variables, settings; kept fresh. */
@org.jspecify.annotations.NullMarked
package dev.enclave.aws.internal.credentials;
