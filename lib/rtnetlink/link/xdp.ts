import type { AttributeSet } from "../codec/attribute_set.ts";
import { s32, u32, u8 } from "../codec/scalar.ts";
import { withWords } from "../codec/shape.ts";
import type { IpJson } from "../object_kind.ts";

/** Where a link runs XDP programs, `XDP_ATTACHED_*` in linux/if_link.h. */
export const XdpAttached = {
  /** Nowhere, `XDP_ATTACHED_NONE`. */
  None: 0,
  /** In the driver, `XDP_ATTACHED_DRV`. */
  Driver: 1,
  /** In the network stack, for any driver, `XDP_ATTACHED_SKB`. */
  Generic: 2,
  /** On the hardware, `XDP_ATTACHED_HW`. */
  Hardware: 3,
  /** In several of these places, `XDP_ATTACHED_MULTI`. */
  Multiple: 4,
} as const;

/** How an XDP program is to be attached, `XDP_FLAGS_*` in linux/if_link.h. */
export const XdpFlags = {
  /** Only if there is none yet, `XDP_FLAGS_UPDATE_IF_NOEXIST`. */
  UpdateIfNoexist: 1 << 0,
  /** In the network stack, `XDP_FLAGS_SKB_MODE`. */
  Generic: 1 << 1,
  /** In the driver, `XDP_FLAGS_DRV_MODE`. */
  Driver: 1 << 2,
  /** On the hardware, `XDP_FLAGS_HW_MODE`. */
  Hardware: 1 << 3,
  /** Only in place of the program `expectedFd`, `XDP_FLAGS_REPLACE`. */
  Replace: 1 << 4,
} as const;

/** The XDP programs of a link, `IFLA_XDP_*` in linux/if_link.h. */
export interface LinkXdp {
  /** In a request: a descriptor of the program to attach, -1 to detach. */
  fd?: number;
  /** Where programs run, see {@link XdpAttached}. */
  attached?: number;
  /** In a request: how to attach, see {@link XdpFlags}. */
  flags?: number;
  /** Id of the program, where there is just one. */
  progId?: number;
  /** Id of the program in the driver. */
  drvProgId?: number;
  /** Id of the program in the network stack. */
  skbProgId?: number;
  /** Id of the program on the hardware. */
  hwProgId?: number;
  /** In a request: a descriptor of the program that must be attached now. */
  expectedFd?: number;
}

/** {@link LinkXdp}. */
export const linkXdpAttributes: AttributeSet<LinkXdp> = {
  fd: [1, "IFLA_XDP_FD", s32],
  attached: [2, "IFLA_XDP_ATTACHED", withWords(u8, XdpAttached)],
  flags: [3, "IFLA_XDP_FLAGS", u32],
  progId: [4, "IFLA_XDP_PROG_ID", u32],
  drvProgId: [5, "IFLA_XDP_DRV_PROG_ID", u32],
  skbProgId: [6, "IFLA_XDP_SKB_PROG_ID", u32],
  hwProgId: [7, "IFLA_XDP_HW_PROG_ID", u32],
  expectedFd: [8, "IFLA_XDP_EXPECTED_FD", s32],
};

/**
 * Gives what `ip -j` prints for the XDP programs of a link, but for what it asks the kernel about
 * each of them: name, tag and the like are not in the message.
 *
 * @param xdp The programs.
 * @returns Undefined when there are none.
 */
export function linkXdpToIpJson(xdp: LinkXdp): IpJson | undefined {
  const { attached, progId } = xdp;
  if (!attached) return undefined;
  const programs: Array<{ mode: number; id?: number }> = [
    { mode: XdpAttached.Generic, id: xdp.skbProgId },
    { mode: XdpAttached.Driver, id: xdp.drvProgId },
    { mode: XdpAttached.Hardware, id: xdp.hwProgId },
  ].filter(({ id }) => id !== undefined);
  if (programs.length === 0 && progId !== undefined) programs.push({ mode: attached, id: progId });
  return {
    mode: attached,
    ...progId ? { prog: { id: progId } } : {},
    attached: programs.map(({ mode, id }) => ({ mode, prog: { id } })),
  };
}
