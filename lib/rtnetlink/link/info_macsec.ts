import { type AttributeSet, attributesToJson, type RawAttributes } from "../codec/attribute_set.ts";
import { multi, nest } from "../codec/compound.ts";
import { be16, be64, bool8, bytes, u32, u64, u8 } from "../codec/scalar.ts";
import { withWords } from "../codec/shape.ts";
import type { LinkInfoFormat } from "./info_format.ts";

/** What encrypts a MACsec link's frames, `MACSEC_*CIPHER_ID*` in linux/if_macsec.h. */
export const MacsecCipher = {
  /** AES-128, `MACSEC_CIPHER_ID_GCM_AES_128`. */
  GcmAes128: 0x0080_c200_0100_0001n,
  /** AES-256, `MACSEC_CIPHER_ID_GCM_AES_256`. */
  GcmAes256: 0x0080_c200_0100_0002n,
  /** AES-128 with packet numbers of 64 bits, `MACSEC_CIPHER_ID_GCM_AES_XPN_128`. */
  GcmAesXpn128: 0x0080_c200_0100_0003n,
  /** AES-256 with packet numbers of 64 bits, `MACSEC_CIPHER_ID_GCM_AES_XPN_256`. */
  GcmAesXpn256: 0x0080_c200_0100_0004n,
  /** AES-128 by an older id, which is the one that the kernel tells, `MACSEC_DEFAULT_CIPHER_ID`. */
  Default: 0x0080_0200_0100_0001n,
} as const;

/** What becomes of frames that do not verify, `MACSEC_VALIDATE_*` in linux/if_link.h. */
export const MacsecValidation = {
  /** Nothing is verified, `MACSEC_VALIDATE_DISABLED`. */
  Disabled: 0,
  /** They are counted, `MACSEC_VALIDATE_CHECK`. */
  Check: 1,
  /** They are dropped, `MACSEC_VALIDATE_STRICT`. */
  Strict: 2,
} as const;

/** What does the work of a MACsec link, `MACSEC_OFFLOAD_*` in linux/if_link.h. */
export const MacsecOffload = {
  /** The kernel, `MACSEC_OFFLOAD_OFF`. */
  Off: 0,
  /** The physical layer of the hardware, `MACSEC_OFFLOAD_PHY`. */
  Phy: 1,
  /** The hardware, `MACSEC_OFFLOAD_MAC`. */
  Mac: 2,
} as const;

/** A MACsec link, `IFLA_MACSEC_*` in linux/if_link.h. */
export interface MacsecInfo {
  /** The id of its secure channel: a hardware address and a port. */
  sci?: bigint;
  /** In a request, instead of `sci`: the port of the id, whose address is the link's. */
  port?: number;
  /** Bytes of the value that a frame is verified by. */
  icvLen?: number;
  /** What encrypts, see {@link MacsecCipher}. */
  cipherSuite?: bigint;
  /** How many packets may come late. */
  window?: number;
  /** Number of the association that it sends with, 0 to 3. */
  encodingSa?: number;
  /** Whether frames are encrypted. */
  encrypt?: boolean;
  /** Whether frames are protected at all. */
  protect?: boolean;
  /** Whether each frame tells the id of the channel. */
  incSci?: boolean;
  /** Whether it says that it is an end station. */
  es?: boolean;
  /** Whether it says that it is a single copy broadcast. */
  scb?: boolean;
  /** Whether packets that come again are dropped. */
  replayProtect?: boolean;
  /** What becomes of frames that do not verify, see {@link MacsecValidation}. */
  validation?: number;
  /** Padding before 64-bit integers, on some machines. */
  pad?: Uint8Array[];
  /** What does the work, see {@link MacsecOffload}. */
  offload?: number;
}

const cipherNames: ReadonlyMap<bigint, string> = new Map([
  [MacsecCipher.Default, "GCM-AES-128"],
  [MacsecCipher.GcmAes128, "GCM-AES-128"],
  [MacsecCipher.GcmAes256, "GCM-AES-256"],
  [MacsecCipher.GcmAesXpn128, "GCM-AES-XPN-128"],
  [MacsecCipher.GcmAesXpn256, "GCM-AES-XPN-256"],
]);

const named = (names: readonly string[]) => (value: number): string => names[value] ?? "(unknown)";

const validationName = named(["disabled", "check", "strict"]);
const offloadName = named(["off", "phy", "mac"]);
const cipherName = (id: bigint): string => cipherNames.get(id) ?? "(unknown)";
const sciText = (sci: bigint): string => sci.toString(16).padStart(16, "0");
/** `ip` prints the window as a signed number. */
const signed = (value: number): number => value | 0;

/** {@link MacsecInfo}. */
export const macsecInfoAttributes: AttributeSet<MacsecInfo> = {
  sci: [1, "IFLA_MACSEC_SCI", be64, "sci", sciText],
  protect: [8, "IFLA_MACSEC_PROTECT", bool8, "protect"],
  cipherSuite: [4, "IFLA_MACSEC_CIPHER_SUITE", u64, "cipher_suite", cipherName],
  icvLen: [3, "IFLA_MACSEC_ICV_LEN", u8, "icv_len"],
  encodingSa: [6, "IFLA_MACSEC_ENCODING_SA", u8, "encoding_sa"],
  validation: [
    13,
    "IFLA_MACSEC_VALIDATION",
    withWords(u8, MacsecValidation),
    "validation",
    validationName,
  ],
  offload: [15, "IFLA_MACSEC_OFFLOAD", withWords(u8, MacsecOffload), "offload", offloadName],
  encrypt: [7, "IFLA_MACSEC_ENCRYPT", bool8, "encrypt"],
  incSci: [9, "IFLA_MACSEC_INC_SCI", bool8, "inc_sci"],
  es: [10, "IFLA_MACSEC_ES", bool8, "es"],
  scb: [11, "IFLA_MACSEC_SCB", bool8, "scb"],
  replayProtect: [12, "IFLA_MACSEC_REPLAY_PROTECT", bool8, "replay_protect"],
  window: [5, "IFLA_MACSEC_WINDOW", u32, "window", signed],
  port: [2, "IFLA_MACSEC_PORT", be16],
  pad: [14, "IFLA_MACSEC_PAD", multi(bytes)],
};

/** The data of a MACsec link. */
export const macsecInfo: LinkInfoFormat<MacsecInfo & RawAttributes> = {
  ...nest(() => macsecInfoAttributes),
  toIpJson: (info) => attributesToJson(macsecInfoAttributes, info),
};
