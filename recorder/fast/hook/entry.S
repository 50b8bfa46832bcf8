/* The ways in and out of hook.h, and the beginning of a program image.  See layout.h. */
	.section .note.GNU-stack, "", @progbits

#define HOOK	  0x5000 /* CODE_AT + HOOK_OFFSET */
#define BOOT_PATH 48	 /* struct boot, file */

/* The recorder finds what it needs at fixed places from the start. */
	.section .text.start, "ax"
	.p2align 4
	jmp	hook_enter
	.p2align 4
	jmp	hook_begin
	.p2align 4
	.long	hook_copy_begin, hook_copy_end
	.long	hook_copy_fault
	.long	hook_stopping_end
	.p2align 4
	.long	boot_start, boot_data
	.long	boot_end, boot_failed

	.text
/* From a stub: the registers are as a system call wants them, the stack is below the red zone, and
 * all but rax, rcx and r11 come out as they went in. */
hook_enter:
	push	%rbp
	mov	%rsp, %rbp
	push	%r15			/* these five for withdraw.c */
	push	%r14
	push	%r13
	push	%r12
	push	%rbx
	push	%r9
	push	%r8
	push	%r10
	push	%rdx
	push	%rsi
	push	%rdi
	push	%rax
	mov	%rsp, %rdi
	and	$-16, %rsp
	call	hook_main
	lea	-88(%rbp), %rsp		/* rax is the result */
	pop	%rdi
	pop	%rsi
	pop	%rdx
	pop	%r10
	pop	%r8
	pop	%r9
	mov	%rbp, %rsp
	pop	%rbp
	ret

	.macro	load_arguments
	mov	%rdi, %rax
	mov	%rsi, %r11
	mov	(%r11), %rdi
	mov	8(%r11), %rsi
	mov	16(%r11), %rdx
	mov	24(%r11), %r10
	mov	32(%r11), %r8
	mov	40(%r11), %r9
	.endm

/* int64_t hook_trusted(uint64_t number, const uint64_t *argument) */
	.globl	hook_trusted
	.hidden	hook_trusted
hook_trusted:
	load_arguments
	jmp	region_trusted

	.globl	hook_stopping
	.hidden	hook_stopping
hook_stopping:
	load_arguments
	syscall
hook_stopping_end:
	ret

/* int64_t hook_copy(char *to, const char *from, uint64_t limit) */
	.globl	hook_copy
	.hidden	hook_copy
hook_copy:
	xor	%eax, %eax
hook_copy_begin:
1:	cmp	%rdx, %rax
	jae	2f
	movzbl	(%rsi,%rax), %ecx
	mov	%cl, (%rdi,%rax)
	test	%cl, %cl
	je	2f
	inc	%rax
	jmp	1b
hook_copy_end:
2:	ret
hook_copy_fault:
	mov	$-1, %rax
	ret

/* Should the compiler want them. */
	.globl	memset, memcpy
	.hidden	memset, memcpy
memset:
	mov	%rdi, %r11
	mov	%esi, %eax
	mov	%rdx, %rcx
	rep stosb
	mov	%r11, %rax
	ret
memcpy:
	mov	%rdi, %rax
	mov	%rdx, %rcx
	rep movsb
	ret

/* From boot_start: rdi is the run's file, rsi its struct boot, rbx the region. */
hook_begin:
	mov	%rsi, %r12
	lea	8(%rsp), %r13		/* the stack as the kernel made it */
	and	$-16, %rsp
	call	hook_boot
	test	%rax, %rax
	jnz	boot_give_up
	/* The text that this came from goes: keep what it says. */
	mov	24(%r12), %r14		/* entry */
	mov	8(%r12), %ecx		/* library */
	mov	16(%r12), %r15		/* base */
	imul	$48, %rcx, %rcx
	lea	region_code + 24(%rip), %r12
	add	%rcx, %r12		/* struct library */
	mov	32(%r12), %edi		/* offset */
	lea	region_code(%rip), %rax
	add	%rax, %rdi
	mov	36(%r12), %esi		/* bytes */
	mov	%rsi, %rdx
	mov	40(%r12), %r8d		/* address */
	add	%r15, %r8
	mov	$3, %r10d		/* MREMAP_MAYMOVE | MREMAP_FIXED */
	mov	$25, %eax		/* mremap */
	syscall
	test	%rax, %rax
	js	boot_give_up
	mov	%r13, %rsp
	push	%r14
	xor	%eax, %eax
	xor	%ebx, %ebx
	xor	%ecx, %ecx
	xor	%edx, %edx
	xor	%esi, %esi
	xor	%edi, %edi
	xor	%ebp, %ebp
	xor	%r8d, %r8d
	xor	%r9d, %r9d
	xor	%r10d, %r10d
	xor	%r11d, %r11d
	xor	%r12d, %r12d
	xor	%r13d, %r13d
	xor	%r14d, %r14d
	xor	%r15d, %r15d
	ret
/* The original text is still there, but for its first bytes: the recorder puts them back. */
boot_give_up:
	mov	%r13, %rsp
	int3
boot_failed:

/* Goes over the entry of the loader.  Registers are zero, rsp is as the kernel made it. */
	.p2align 4
boot_start:
	mov	boot_data(%rip), %ebx
	mov	$9, %eax		/* mmap */
	mov	%rbx, %rdi
	mov	$HOOK - 0x2000, %esi	/* up to CODE */
	mov	$7, %edx		/* PROT_READ | PROT_WRITE | PROT_EXEC */
	mov	$0x100022, %r10d	/* MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE */
	mov	$-1, %r8
	xor	%r9d, %r9d
	syscall
	cmp	%rbx, %rax
	jne	3f
	movl	$0x00c3050f, (%rbx)	/* syscall; ret */
	mov	$10, %eax		/* mprotect, from here on without a stop */
	mov	%rbx, %rdi
	mov	$0x1000, %esi
	mov	$5, %edx		/* PROT_READ | PROT_EXEC */
	call	*%rbx
	test	%rax, %rax
	jnz	3f
	mov	$10, %eax
	lea	0x1000(%rbx), %rdi
	mov	$0x2000, %esi
	mov	$3, %edx		/* PROT_READ | PROT_WRITE */
	call	*%rbx
	test	%rax, %rax
	jnz	3f
	mov	$2, %eax		/* open */
	lea	boot_data + BOOT_PATH(%rip), %rdi
	mov	$0x80002, %esi		/* O_RDWR | O_CLOEXEC */
	xor	%edx, %edx
	call	*%rbx
	test	%rax, %rax
	js	3f
	mov	%rax, %r12
	mov	$9, %eax		/* mmap */
	lea	0x3000(%rbx), %rdi
	mov	$0x800000, %esi		/* CODE_BYTES */
	mov	$5, %edx
	mov	$0x100002, %r10d	/* MAP_PRIVATE | MAP_FIXED_NOREPLACE */
	mov	%r12, %r8
	xor	%r9d, %r9d
	call	*%rbx
	lea	0x3000(%rbx), %rdi
	cmp	%rdi, %rax
	jne	3f
	mov	(%rax), %rcx
	cmp	boot_data + 32(%rip), %rcx
	jne	3f
	mov	8(%rax), %rcx
	cmp	boot_data + 40(%rip), %rcx
	jne	3f
	mov	%r12d, %edi
	lea	boot_data(%rip), %rsi
	lea	HOOK + 16(%rbx), %rax
	call	*%rax
3:	int3
	.p2align 3
boot_data:
	.zero	88			/* struct boot */
boot_end:
