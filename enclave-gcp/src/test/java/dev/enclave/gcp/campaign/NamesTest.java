package dev.enclave.gcp.campaign;

import dev.enclave.campaign.NamesCampaign;

class NamesTest extends NamesCampaign {

  NamesTest() {
    super(new GcpUnderTest(), "CreateCryptoKey");
  }

  /** The first records that the rotation begins. */
  @Override
  protected int activatingRequest() {
    return 2;
  }
}
