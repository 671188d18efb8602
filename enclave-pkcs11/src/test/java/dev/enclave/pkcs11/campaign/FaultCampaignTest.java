package dev.enclave.pkcs11.campaign;

import dev.enclave.campaign.FaultCampaign;
import org.junit.jupiter.api.Tag;

@Tag("full")
@Tag("needs-softhsm")
class FaultCampaignTest extends FaultCampaign {

  FaultCampaignTest() {
    super(new SoftHsmUnderTest());
  }
}
