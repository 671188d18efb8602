package dev.enclave.pkcs11.campaign;

import dev.enclave.campaign.TransientFaultsCampaign;
import org.junit.jupiter.api.Tag;

@Tag("full")
@Tag("needs-softhsm")
class TransientFaultsTest extends TransientFaultsCampaign {

  TransientFaultsTest() {
    super(new SoftHsmUnderTest());
  }
}
