package dev.enclave.pkcs11.campaign;

import dev.enclave.campaign.NoKeyInClientCampaign;
import org.junit.jupiter.api.Tag;

/** The key is in the process of p11-kit's server, which is no JVM. */
@Tag("full")
@Tag("needs-p11-kit")
@Tag("needs-softhsm")
class NoKeyInClientTest extends NoKeyInClientCampaign {

  NoKeyInClientTest() {
    super(new RemoteSoftHsmUnderTest());
  }

  @Override
  protected boolean serverHasTheKey() {
    return false;
  }
}
