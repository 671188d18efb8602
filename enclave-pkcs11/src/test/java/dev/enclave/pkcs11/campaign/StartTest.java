package dev.enclave.pkcs11.campaign;

import dev.enclave.campaign.StartCampaign;
import org.junit.jupiter.api.Tag;

@Tag("full")
@Tag("needs-softhsm")
class StartTest extends StartCampaign {

  StartTest() {
    super(new SoftHsmUnderTest());
  }
}
